/**
 * The tables that evaluations write and documents cite (results.json, runs/reference/*.json). Field names are those of
 * the files. Numbers are never rounded there: who shows them rounds them.
 */
import { z } from 'zod';

const count = z.int().nonnegative();
const interval = z.tuple([z.number(), z.number()]);
const share = z.number().min(0);
const bySeed = <T extends z.ZodType>(value: T) => z.record(z.string().regex(/^\d+$/), value);

/**
 * One policy in one game. Intervals are of 95 %; null of fewer than two episodes, and where all scores are the same.
 */
export const resultRowSchema = z.strictObject({
  game: z.string(),
  policy: z.string(),
  /** Speed of the game's own clock against real time; missing where the game waits for each decision. */
  clock: z.number().positive().exactOptional(),
  /** What the answers of all episodes cost, failed ones included; missing where nothing is known of that. */
  spent: z
    .strictObject({
      requests: count,
      prompt_tokens: count,
      cached_tokens: count,
      answer_tokens: count,
      reasoning_tokens: count,
      /** US dollars; null where the price of a part is not known, or no request was answered. */
      cost: z.number().nonnegative().nullable(),
      cost_an_episode: z.number().nonnegative().nullable(),
      service_seconds: z.number().nonnegative(),
      /** Of the service, over all steps; null without a service. */
      seconds_a_decision: z.number().nonnegative().nullable(),
      /** Requests that brought no answer, and answers that no parser may read, by outcome; those that occurred. */
      failed_requests: z.record(z.string(), count),
      unusable_answers: z.record(z.string(), count),
    })
    .exactOptional(),
  /** Episodes asked for; those that have a score; that failed; and that were not played to an end, or not at all. */
  planned: count,
  episodes: count,
  failed: count,
  missing: count,
  /** Of `episodes`, those that a limit of decisions ended. */
  stopped: count,
  /**
   * Of `episodes`, how many differ by their hash chains: fewer than `episodes` where the environment starts the same on
   * several seeds and the policy does the same there. Null where chains are not known.
   */
  distinct: count.nullable(),
  /** Over `episodes`; null where there is none. */
  mean: z.number().nullable(),
  interval: interval.nullable(),
  standard_deviation: z.number().nullable(),
  median: z.number().nullable(),
  interquartile_mean: z.number().nullable(),
  interquartile_interval: interval.nullable(),
  lowest: z.number().nullable(),
  highest: z.number().nullable(),
  /** How many reached the game's goal, with Wilson's interval of the rate; null where the game has none. */
  success: z
    .strictObject({ goal: z.number(), episodes: count, rate: z.number().nullable(), interval: interval.nullable() })
    .nullable(),
  /** The mean with random play as 0 and the reference as 1; null where a reference is missing. */
  normalised: z.strictObject({ expert: z.number().nullable(), human: z.number().nullable() }),
  references: z.strictObject({
    random: z.number().nullable(),
    expert: z.number().nullable(),
    human: z.number().nullable(),
  }),
  /** Failed episodes included. Shares of `questions`; retries and fallbacks of `decisions`. */
  answers: z.strictObject({
    decisions: count,
    questions: count,
    parse_failures: share,
    illegal: share,
    model_errors: share,
    timeouts: share,
    /** Answers of a service that no parser may read; missing where there is none. */
    unusable: share.exactOptional(),
    retries: share,
    fallbacks: share,
  }),
  recoveries: count,
  /** Such as `100000..100049`; runs of seeds are joined by commas. */
  seeds: z.string(),
  checkpoint_sha256: z.string().nullable(),
  commit: z.string().nullable(),
  packages: z.record(z.string(), z.string()),
  /** What workers differed in that could change a score, and was allowed to; missing where none did. */
  differing: z.array(z.string()).exactOptional(),
  scores: bySeed(z.number()),
  decisions: bySeed(count),
  /** Why episodes failed. */
  failures: bySeed(z.string()),
});

/** Policy a against policy b in one game, on the seeds that both played to an end. */
export const pairedRowSchema = z.strictObject({
  game: z.string(),
  a: z.string(),
  b: z.string(),
  /** Common seeds. */
  episodes: count,
  /** Mean of a − b; null without a common seed. */
  difference: z.number().nullable(),
  interval: interval.nullable(),
  median_difference: z.number().nullable(),
  wins: count,
  ties: count,
  losses: count,
  /** The share of common seeds on which a scored more, a tie counting as half, and Wilson's interval of it. */
  share_ahead: z.number().nullable(),
  share_ahead_interval: interval.nullable(),
  /** Unpaired: that any score of a is above any score of b, whatever their seeds, a tie counting as half. */
  probability_of_improvement: z.number().nullable(),
  probability_interval: interval.nullable(),
});

/** A policy over all games of the table, each score normalised with random play as 0 and the expert as 1. */
export const aggregateRowSchema = z.strictObject({
  policy: z.string(),
  games: z.array(z.string()),
  mean: z.number(),
  interval: interval.nullable(),
  median: z.number(),
  median_interval: interval.nullable(),
  interquartile_mean: z.number(),
  interquartile_interval: interval.nullable(),
});

export const resultsSchema = z.strictObject({
  rows: z.array(resultRowSchema),
  paired: z.array(pairedRowSchema),
  aggregates: z.array(aggregateRowSchema),
});

export type ResultRow = z.output<typeof resultRowSchema>;
export type PairedRow = z.output<typeof pairedRowSchema>;
export type AggregateRow = z.output<typeof aggregateRowSchema>;
export type Results = z.output<typeof resultsSchema>;
