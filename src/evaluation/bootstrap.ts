/**
 * Bootstrap intervals by the percentile method (Efron & Tibshirani 1993, chapter 13), the one that rliable uses
 * (Agarwal et al. 2021, arXiv 2108.13264). Draws come from the project's seeded numbers: the same scores give the same
 * interval on every machine.
 */
import { createRandom } from '../core/index.js';
import { quantile } from './summary.js';

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /** Share of resamples within the interval. Default 0.95. */
  readonly confidence?: number;
  /** Default 10,000: beyond it the ends move by less than a hundredth of their width. */
  readonly resamples?: number;
  /** Seed of the draws. Default 0. */
  readonly seed?: number;
}

/** A number computed from one list of scores, such as `mean`. */
export type Statistic = (values: Float64Array) => number;

const DEFAULTS = { confidence: 0.95, resamples: 10_000, seed: 0 } as const;

/** The interval of a statistic of independent scores. Null of fewer than two, which say nothing about their spread. */
export function bootstrapInterval(
  values: readonly number[],
  statistic: Statistic,
  options: BootstrapOptions = {},
): Interval | null {
  return stratifiedBootstrapInterval([values], ([all]) => statistic(all as Float64Array), options);
}

/**
 * The interval of a statistic of several lists, each resampled by itself: scores of several games, or of two policies
 * on different seeds. Null where a list has fewer than two scores. The arrays that `statistic` gets are used again.
 */
export function stratifiedBootstrapInterval(
  strata: readonly (readonly number[])[],
  statistic: (strata: readonly Float64Array[]) => number,
  options: BootstrapOptions = {},
): Interval | null {
  const drawn = strata.map((values) => new Float64Array(values.length));
  return resample(
    strata.map((values) => values.length),
    (stratum, place, index) => {
      (drawn[stratum] as Float64Array)[place] = strata[stratum]?.[index] as number;
    },
    () => statistic(drawn),
    options,
  );
}

/**
 * The interval of a statistic of two lists that belong together place by place (the same seeds): pairs are drawn, so
 * that what makes a seed easy for both does not widen the interval of their difference.
 */
export function pairedBootstrapInterval(
  a: readonly number[],
  b: readonly number[],
  statistic: (a: Float64Array, b: Float64Array) => number,
  options: BootstrapOptions = {},
): Interval | null {
  if (a.length !== b.length) throw new RangeError(`pairs have two sides, got ${a.length} and ${b.length} values`);
  const [ofA, ofB] = [new Float64Array(a.length), new Float64Array(b.length)];
  return resample(
    [a.length],
    (_, place, index) => {
      ofA[place] = a[index] as number;
      ofB[place] = b[index] as number;
    },
    () => statistic(ofA, ofB),
    options,
  );
}

/** Draws every stratum with replacement, as often as asked, and takes the quantiles of what `compute` says each time. */
function resample(
  sizes: readonly number[],
  take: (stratum: number, place: number, index: number) => void,
  compute: () => number,
  options: BootstrapOptions,
): Interval | null {
  const { confidence, resamples, seed } = { ...DEFAULTS, ...options };
  if (sizes.length === 0 || sizes.some((size) => size < 2)) return null;
  const random = createRandom(seed, 'bootstrap');
  const results = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (const [stratum, size] of sizes.entries()) {
      for (let place = 0; place < size; place++) take(stratum, place, random.integer(size));
    }
    results[i] = compute();
  }
  const outside = (1 - confidence) / 2;
  return [quantile(results, outside), quantile(results, 1 - outside)];
}
