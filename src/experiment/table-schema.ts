/** The table of an experiment (table.json). Field names are those of the file; numbers are never rounded there. */
import { z } from 'zod';

const count = z.int().nonnegative();
const interval = z.tuple([z.number(), z.number()]).nullable();
/** `all`: of the whole grid, or of all trainings. */
const orAll = z.union([z.int(), z.literal('all')]);
const cell = { game: z.string(), demonstrator: z.string() };
const episodes = { episodes: count, failed: count, missing: count };

export const experimentTableSchema = z.strictObject({
  experiment: z.string(),
  /**
   * Whether every job is done, without a failed episode. Means over trainings and budgets are null where one of theirs
   * is missing.
   */
  complete: z.boolean(),
  rows: z.array(
    z.strictObject({
      ...cell,
      model: z.string(),
      budget: orAll,
      training_seed: orAll,
      ...episodes,
      mean: z.number().nullable(),
      interval,
    }),
  ),
  /** Means of a − b, over all trainings. */
  paired: z.array(
    z.strictObject({
      ...cell,
      budget: orAll,
      a: z.string(),
      b: z.string(),
      difference: z.number().nullable(),
      interval,
    }),
  ),
  /** How many episodes of demonstrations bring the mean of all trainings to a score. */
  reach: z.array(
    z.strictObject({
      ...cell,
      model: z.string(),
      score: z.number(),
      /** Where the score is a share of the demonstrator's own. */
      share_of_demonstrator: z.number().exactOptional(),
      /** Null where the largest budget is not enough, or the curve is not whole. */
      demonstrations: z.number().nullable(),
      /** The smallest budget is enough already. */
      at_most: z.boolean(),
    }),
  ),
  /** The demonstrators themselves, on the same seeds, without noise. */
  demonstrators: z.array(
    z.strictObject({
      ...cell,
      policy: z.string(),
      noise: z.number(),
      ...episodes,
      mean: z.number().nullable(),
      interval,
      /** What they showed; null before it was collected. */
      shown: z
        .strictObject({ episodes: count, decisions: count, mean: z.number(), seeds: z.string(), sha256: z.string() })
        .nullable(),
    }),
  ),
  protocol: z.strictObject({
    /** The YAML, with every default. */
    config: z.unknown(),
    /** SHA-256 of what each model's answers follow from, and of each game's rules. */
    models: z.record(z.string(), z.string()),
    games: z.record(z.string(), z.string()),
    /** Of the program, each once. */
    versions: z.array(z.string()),
    commits: z.array(z.string()),
    updates: z.array(z.strictObject({ ...cell, budget: count, updates: count })),
    bootstrap: z.strictObject({ confidence: z.number(), resamples: count, seed: count }),
  }),
  /** Every evaluation, by seed: scores, why others failed, and the last link of each record's hash chain. */
  records: z.array(
    z.strictObject({
      ...cell,
      /** Null of the demonstrator itself. */
      model: z.string().nullable(),
      budget: count.nullable(),
      training_seed: count.nullable(),
      checkpoint_sha256: z.string().nullable(),
      commit: z.string().nullable(),
      scores: z.record(z.string(), z.number()),
      failures: z.record(z.string(), z.string()),
      chains: z.record(z.string(), z.string()),
    }),
  ),
});

export type ExperimentTable = z.output<typeof experimentTableSchema>;
export type ExperimentRow = ExperimentTable['rows'][number];
export type ExperimentPair = ExperimentTable['paired'][number];
