/** evaluation.json: what an evaluation was asked for, what that came to, and when it ran. */
import { z } from 'zod';
import { playSchema } from '../agent/index.js';

export const EVALUATION_FORMAT = 1;
export const EVALUATION_FILE = 'evaluation.json';
export const RESULTS_FILE = 'results.json';

const git = z.strictObject({ commit: z.string(), dirty: z.boolean() }).nullable();

/** One policy in one game. */
const entrySchema = z.strictObject({
  game: z.string().min(1),
  /** The game as it was named: a shipped one's name or the path of a file. */
  game_given: z.string().min(1),
  /** SHA-256 of the game's whole configuration: an episode under other rules belongs to another table. */
  game_sha256: z.string(),
  /** The policy's name in tables, and how it is made. */
  policy: z.string().min(1),
  spec: z.string().min(1),
  /** Ways of playing that were asked for, before those of the policy and the game; missing where none were. */
  play: playSchema.exactOptional(),
  /** Of the policy itself; null until it was loaded for the first time. */
  provenance: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable(),
  /** What its records call the policy; missing before it was loaded for the first time. */
  policy_id: z.string().exactOptional(),
  /** Speed of the game's own clock against real time; missing where the game waits for each decision. */
  clock: z.number().positive().exactOptional(),
});

/** An episode that could not be counted, or failed and was tried again. */
const setAsideSchema = z.strictObject({
  game: z.string(),
  policy: z.string(),
  /** Null where it was more than one seed's. */
  seed: z.int().nonnegative().nullable(),
  reason: z.string(),
  /** Where it is now, seen from the evaluation's folder. */
  folder: z.string(),
});

export const evaluationSchema = z.strictObject({
  format: z.literal(EVALUATION_FORMAT),
  name: z.string().min(1),
  /** The user's words of the first start. */
  given: z.array(z.string()),
  seeds: z.string(),
  /** Where it is one part of several: which, of how many, and the seeds of all together. */
  shard: z.strictObject({ index: z.int().positive(), of: z.int().positive(), seeds: z.string() }).exactOptional(),
  /** Decisions after which an episode is stopped; null where only the emulator ends it. */
  max_decisions: z.int().positive().nullable(),
  /** Gymnasium's own emulator where a faster identical one exists. */
  plain: z.boolean(),
  entries: z.array(entrySchema),
  versions: z.record(z.string(), z.string()),
  /** One for each start: the first and every time that it was taken up again. */
  starts: z.array(
    z.strictObject({ started: z.iso.datetime(), git, processes: z.int().positive(), parallel: z.int().positive() }),
  ),
  /** When the last episode of all entries had ended. */
  finished: z.iso.datetime().nullable(),
  /** Where workers of a queue play it: the name that it has there. */
  queue: z.strictObject({ run: z.string(), refused: z.int().nonnegative() }).exactOptional(),
  /** What workers differed in that could change a score and was allowed to; missing where none did. */
  differing: z.array(z.strictObject({ game: z.string(), policy: z.string(), what: z.string() })).exactOptional(),
  /** What was found when the evaluation was taken up again, and moved out of the way. */
  set_aside: z.array(setAsideSchema).exactOptional(),
});

export type EvaluationFile = z.output<typeof evaluationSchema>;
export type SetAside = z.output<typeof setAsideSchema>;
export type EvaluationEntry = z.output<typeof entrySchema>;
