/** The schema of a game's list of actions: names that can be told apart in any spelling. */
import { z } from 'zod';
import { nameKey } from './words.js';

const actionName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .refine((name) => !/\n/.test(name), 'a name is one line')
  .refine((name) => !/^[\d\s.+-]*$/.test(name) && nameKey(name) !== '', {
    error: 'a name has letters: a bare number in an answer means the index of an action',
  });

const action = z.strictObject({
  name: actionName,
  aliases: z.array(actionName).default([]),
  description: z.string().trim().min(1),
  vector: z.array(z.number()).min(1).exactOptional(),
});

type ActionFields = z.output<typeof action>;

export const actionList = z.array(action).min(1).superRefine(refuseSharedNames).superRefine(refuseUnevenVectors);

function refuseSharedNames(actions: readonly ActionFields[], context: z.RefinementCtx): void {
  const owners = new Map<string, number>();
  actions.forEach(({ name, aliases }, index) => {
    [name, ...aliases].forEach((word, place) => {
      const key = nameKey(word);
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, index);
      else if (owner !== index) {
        context.addIssue({
          code: 'custom',
          path: place === 0 ? [index, 'name'] : [index, 'aliases', place - 1],
          message: `names action ${owner} (${actions[owner]?.name}) already; case, spaces and punctuation make no difference`,
        });
      }
    });
  });
}

/** Vectors are for Box action spaces: every action has one or none has, and all are of one length. */
function refuseUnevenVectors(actions: readonly ActionFields[], context: z.RefinementCtx): void {
  const length = actions.find(({ vector }) => vector)?.vector?.length;
  if (length === undefined) return;
  actions.forEach(({ vector }, index) => {
    if (vector?.length === length) return;
    context.addIssue({
      code: 'custom',
      path: vector ? [index, 'vector'] : [index],
      message: `every action needs a vector of ${length} numbers, as the first one has`,
    });
  });
}
