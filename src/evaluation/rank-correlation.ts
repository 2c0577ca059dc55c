/** Spearman's rank correlation of what models are with what their trainings score, and its interval. */
import { createRandom } from '../core/index.js';
import type { BootstrapOptions, Interval } from './bootstrap.js';
import { mean, quantile } from './summary.js';
import { areAllTies } from './ties.js';

/** A model: one number of its own, and what each of its trainings scored. */
export interface ModelScores {
  readonly own: number;
  readonly scores: readonly number[];
}

/** With fewer, a resample of models is often of one or two alone: of four ordered ones every interval is a point. */
export const FEWEST_MODELS = 6;
/** Two trainings, drawn again, scatter by next to nothing. */
const FEWEST_TRAININGS = 3;

const DEFAULTS = { confidence: 0.95, resamples: 10_000, seed: 0 } as const;

/**
 * Spearman's coefficient over all trainings, each with its model's own number: the correlation of the ranks, where
 * ties share their mean rank (scipy.stats.spearmanr). From -1 to 1; null where either side is the same throughout.
 */
export function rankCorrelation(models: readonly ModelScores[]): number | null {
  const own = models.flatMap((model) => model.scores.map(() => model.own));
  const scores = models.flatMap((model) => model.scores);
  if (areAllTies(own) || areAllTies(scores)) return null;
  return correlation(ranks(own), ranks(scores));
}

/**
 * The interval by percentiles. From six models on they are taken for a sample: models are drawn, and trainings within
 * each. Fewer stay as they are, and only their trainings are drawn. Null where too little can be drawn (few models of
 * which one has fewer than three trainings), and where every resample comes to the same.
 */
export function rankCorrelationInterval(
  models: readonly ModelScores[],
  options: BootstrapOptions = {},
): Interval | null {
  const { confidence, resamples, seed } = { ...DEFAULTS, ...options };
  const drawsModels = models.length >= FEWEST_MODELS;
  const hasTrainings = models.every(({ scores }) => scores.length >= FEWEST_TRAININGS);
  if (rankCorrelation(models) === null || (!drawsModels && !hasTrainings)) return null;
  const random = createRandom(seed, 'rank correlation');
  const found: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const drawn = models.map((model) => (drawsModels ? random.pick(models) : model));
    // A resample of equals has no correlation.
    const value = rankCorrelation(
      drawn.map((model) => ({ ...model, scores: model.scores.map(() => random.pick(model.scores)) })),
    );
    if (value !== null) found.push(value);
  }
  const outside = (1 - confidence) / 2;
  const interval = [quantile(found, outside), quantile(found, 1 - outside)] as const;
  return found.length === 0 || areAllTies(interval) ? null : interval;
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = [...values].sort((a, b) => a - b);
  const first = new Map<number, number>();
  const count = new Map<number, number>();
  for (const [i, value] of order.entries()) {
    if (!first.has(value)) first.set(value, i + 1);
    count.set(value, (count.get(value) ?? 0) + 1);
  }
  return values.map((value) => (first.get(value) as number) + ((count.get(value) as number) - 1) / 2);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const [x, y] = [value - meanA, (b[i] as number) - meanB];
    both += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return both / Math.sqrt(squaresA * squaresB);
}
