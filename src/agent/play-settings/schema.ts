/** The fields of `play:` in games and endpoints, in snake case as all YAML here. docs/ways-of-playing.md has them. */
import { z } from 'zod';
import type { PlayChoices } from './play-settings.js';

/** More is shown to no model: pictures would fill its context. */
const MOST_SHOWN = 64;

const demonstrations = z.strictObject({ count: z.int().min(1).max(MOST_SHOWN), from: z.string().trim().min(1) });

/** Each may be left out. `null` is the default where the default is none. */
export const playFields = z.strictObject({
  think: z
    .strictObject({ tokens: z.int().min(1).max(100_000) })
    .nullable()
    .exactOptional(),
  history: z.int().min(0).max(MOST_SHOWN).exactOptional(),
  demonstrations: demonstrations.nullable().exactOptional(),
  samples: z.int().min(1).max(100).exactOptional(),
  retry: z.enum(['reminder', 'reason']).exactOptional(),
  sights: z.enum(['asked', 'off']).exactOptional(),
  names: z.enum(['shown', 'hidden']).exactOptional(),
  answers: z.enum(['scored', 'written']).exactOptional(),
  hold: z.int().min(1).max(10_000).exactOptional(),
  plan: z.int().min(1).max(1000).exactOptional(),
});

/** `play:` of a game's or an endpoint's file. */
export const playSchema: z.ZodType<PlayChoices> = playFields;
