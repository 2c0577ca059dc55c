/**
 * Intervals of means over several trainings that were evaluated on the same seeds. Trainings differ by more than
 * episodes do, so both are drawn: trainings within each stratum (a budget, say), and the seeds, which are the same for
 * all trainings and therefore drawn once for all of them, as what makes a seed easy makes it easy for each. Of n one
 * less is drawn (Rao and Wu 1988): with three trainings the usual n of n would be a third too narrow in variance.
 */
import { createRandom } from '../core/index.js';
import type { BootstrapOptions, Interval } from './bootstrap.js';
import { mean, quantile } from './summary.js';
import { areAllTies } from './ties.js';

/** Scores of one training, by seed; null where there is none. The order of the seeds is the same everywhere. */
export type SeedScores = readonly (number | null)[];

/** Trainings of one stratum. */
export type Stratum = readonly SeedScores[];

const DEFAULTS = { confidence: 0.95, resamples: 10_000, seed: 0 } as const;

/** The mean of the strata's means, each that of its trainings' means: every stratum and training counts alike. */
export function hierarchicalMean(strata: readonly Stratum[]): number | null {
  const means = strata.map((trainings) => mean(trainings.map((scores) => meanOf(scores))));
  const value = mean(means);
  return Number.isNaN(value) ? null : value;
}

/**
 * The interval of `hierarchicalMean`, by percentiles. With one training in a stratum nothing is known of how trainings
 * differ, and the interval is that of the seeds alone. Null where a stratum is empty, a training has no score, there
 * are fewer than two seeds, or every resample comes to the same. Of a difference of two models give the differences,
 * paired by training and seed.
 */
export function hierarchicalInterval(strata: readonly Stratum[], options: BootstrapOptions = {}): Interval | null {
  const { confidence, resamples, seed } = { ...DEFAULTS, ...options };
  const seeds = strata[0]?.[0]?.length ?? 0;
  if (seeds < 2 || hierarchicalMean(strata) === null) return null;
  const random = createRandom(seed, 'hierarchical bootstrap');
  const results = new Float64Array(resamples);
  const weights = new Float64Array(seeds);
  for (let i = 0; i < resamples; i++) {
    weights.fill(0);
    for (let draw = 1; draw < seeds; draw++) (weights[random.integer(seeds)] as number)++;
    let sum = 0;
    for (const trainings of strata) {
      const draws = Math.max(1, trainings.length - 1);
      for (let draw = 0; draw < draws; draw++) {
        sum += weightedMean(trainings[random.integer(trainings.length)] as SeedScores, weights) / draws;
      }
    }
    results[i] = sum / strata.length;
  }
  const outside = (1 - confidence) / 2;
  const interval = [quantile(results, outside), quantile(results, 1 - outside)] as const;
  return areAllTies(interval) ? null : interval;
}

/** `a − b` by training and seed; null where either has no score. Throws a RangeError where they do not go together. */
export function pairedStratum(a: Stratum, b: Stratum): Stratum {
  if (a.length !== b.length) throw new RangeError(`pairs have two sides, got ${a.length} and ${b.length} trainings`);
  return a.map((scores, training) =>
    scores.map((score, seed) => {
      const other = b[training]?.[seed] ?? null;
      return score === null || other === null ? null : score - other;
    }),
  );
}

function meanOf(scores: SeedScores): number {
  return mean(scores.filter((score) => score !== null));
}

/** Of the scores that were drawn; where none was, which is next to impossible, of all. */
function weightedMean(scores: SeedScores, weights: Float64Array): number {
  let [sum, weight] = [0, 0];
  for (const [seed, score] of scores.entries()) {
    if (score === null) continue;
    const times = weights[seed] as number;
    sum += times * score;
    weight += times;
  }
  return weight === 0 ? meanOf(scores) : sum / weight;
}
