/** The schema of a game's list of sights: lines of the prompt that can be told apart. */
import { z } from 'zod';
import { IMAGE_MARKER } from '../prompt/pieces.js';

/** More numbers than this are a report and no glance: each costs a pass through the model. */
export const MAX_SIGHTS = 6;

const line = z
  .string()
  .trim()
  .min(1)
  .refine((value) => !value.includes('\n'), 'it is one line of the prompt')
  .refine((value) => !value.includes(IMAGE_MARKER), `${IMAGE_MARKER} belongs into prompt.frame alone`);

const sight = z.strictObject({
  name: line,
  description: line,
  marks: z.enum(['column', 'row']).exactOptional(),
});

export const sightList = z.array(sight).min(1).max(MAX_SIGHTS).superRefine(refuseSharedNames).default([]);

function refuseSharedNames(sights: readonly z.output<typeof sight>[], context: z.RefinementCtx): void {
  sights.forEach(({ name }, index) => {
    const owner = sights.findIndex((one) => one.name === name);
    if (owner === index) return;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: `names sight ${owner} already` });
  });
}
