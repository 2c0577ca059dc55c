/**
 * Intervals by the bootstrap. Of a mean: the symmetric bootstrap-t (Hall 1988), which holds the true mean about as
 * often as it says from twenty scores on, also of skewed ones. Of any other statistic: percentiles as rliable takes
 * them (Agarwal et al. 2021, arXiv 2108.13264), taken further out the fewer the scores are (Hesterberg 2015). How often
 * each held was measured: docs/evaluation.md. Draws come from the project's seeded numbers: the same scores give the
 * same interval on every machine.
 */
import { createRandom } from '../core/index.js';
import { normalShareBelow, studentLimit } from './distributions.js';
import { mean, quantile, standardDeviation } from './summary.js';
import { areAllTies } from './ties.js';

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /** How often such intervals shall hold the true value. Default 0.95. */
  readonly confidence?: number;
  /** Default 10,000: beyond it the ends move by less than a hundredth of their width. */
  readonly resamples?: number;
  /** Seed of the draws. Default 0. */
  readonly seed?: number;
  /** Whether percentiles are taken further out for few scores. Default true; false as SciPy and rliable do. */
  readonly isWidened?: boolean;
}

/** A number computed from one list of scores, such as `mean`. */
export type Statistic = (values: Float64Array) => number;

const DEFAULTS = { confidence: 0.95, resamples: 10_000, seed: 0, isWidened: true } as const;

/** With the defaults. Throws a RangeError: an interval of one resample would look like certainty. */
function checked(options: BootstrapOptions): Required<BootstrapOptions> {
  const all = { ...DEFAULTS, ...options };
  if (!(all.confidence > 0 && all.confidence < 1)) {
    throw new RangeError(`confidence is a share between 0 and 1, got ${all.confidence}`);
  }
  if (!Number.isSafeInteger(all.resamples) || all.resamples * (1 - all.confidence) < 1 - 1e-9) {
    const least = Math.ceil(1 / (1 - all.confidence) - 1e-9);
    throw new RangeError(`resamples for ${all.confidence} are a whole number from ${least}, got ${all.resamples}`);
  }
  return all;
}

/** Of fewer scores the bootstrap-t has too little to draw from, and Student's t is taken. */
const ENOUGH_TO_STUDENTISE = 5;
/**
 * Scores close together can make the bootstrap-t as wide as one likes; wider than this many Student's t gains nothing.
 */
const WIDEST = 2;

/**
 * The interval of the mean of independent scores, and of the mean of paired differences. Null of fewer than two, and of
 * scores that are all the same: neither says anything about their spread.
 */
export function meanInterval(values: readonly number[], options: BootstrapOptions = {}): Interval | null {
  if (values.length < 2 || areAllTies(values)) return null;
  const { confidence } = checked(options);
  const student = studentLimit(confidence, values.length - 1);
  const isEnough = values.length >= ENOUGH_TO_STUDENTISE;
  const sorted = fromTheMiddle(values);
  const limit = isEnough ? Math.min(bootstrapLimit(sorted, options), WIDEST * student) : student;
  const [centre, error] = [mean(sorted), standardError(sorted)];
  return [centre - limit * error, centre + limit * error];
}

/** How many of its own standard errors a resample's mean is off, at most, in the share `confidence` of resamples. */
function bootstrapLimit(sorted: readonly number[], options: BootstrapOptions): number {
  const { confidence, resamples, seed } = checked(options);
  const random = createRandom(seed, 'bootstrap');
  const [centre, least] = [mean(sorted), 1e-9 * standardError(sorted)];
  const drawn = new Float64Array(sorted.length);
  const off = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (let place = 0; place < drawn.length; place++) drawn[place] = sorted[random.integer(drawn.length)] as number;
    const [distance, error] = [Math.abs(mean(drawn) - centre), standardError(drawn)];
    // One value drawn every time: infinitely many standard errors off.
    off[i] = error > least ? distance / error : Number.POSITIVE_INFINITY;
  }
  return off.sort()[Math.ceil(confidence * resamples) - 1] as number;
}

/** The same draws then fall on the same scores in whatever order they came, and on b − a as on a − b. */
function fromTheMiddle(values: readonly number[]): number[] {
  const ascending = [...values].sort((a, b) => a - b);
  const centre = mean(ascending);
  return ascending.sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre));
}

/** Of the mean. */
function standardError(values: ArrayLike<number>): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/**
 * The interval of any statistic of independent scores, such as the interquartile mean. Null of fewer than two, and
 * where every resample comes to the same. Of a mean take `meanInterval`.
 */
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
  // The same scores have the same interval in whatever order they came.
  const sorted = strata.map((values) => Float64Array.from(values).sort());
  return resample(
    strata.map((values) => values.length),
    (stratum, place, index) => {
      (drawn[stratum] as Float64Array)[place] = sorted[stratum]?.[index] as number;
    },
    () => statistic(drawn),
    options,
  );
}

/**
 * The interval of a statistic of two lists that belong together place by place (the same seeds): pairs are drawn, so
 * that what makes a seed easy for both does not widen the interval of their difference. The order of pairs is part of
 * what is drawn from: `comparePaired` takes that of the seeds.
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

/** Draws every stratum with replacement, as often as asked, and takes quantiles of what `compute` says each time. */
function resample(
  sizes: readonly number[],
  take: (stratum: number, place: number, index: number) => void,
  compute: () => number,
  options: BootstrapOptions,
): Interval | null {
  const { confidence, resamples, seed, isWidened } = checked(options);
  if (sizes.length === 0 || sizes.some((size) => size < 2)) return null;
  const random = createRandom(seed, 'bootstrap');
  const results = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (const [stratum, size] of sizes.entries()) {
      for (let place = 0; place < size; place++) take(stratum, place, random.integer(size));
    }
    results[i] = compute();
  }
  const outside = isWidened ? widened(confidence, Math.min(...sizes)) : (1 - confidence) / 2;
  const interval = [quantile(results, outside), quantile(results, 1 - outside)] as const;
  return areAllTies(interval) ? null : interval;
}

/**
 * The share of resamples to leave out at each end. The spread of n scores is short by √((n − 1) / n) where it is taken
 * as theirs, and a normal quantile is short of Student's: both are made good (Hesterberg 2015, section 5.3).
 */
function widened(confidence: number, scores: number): number {
  return normalShareBelow(-Math.sqrt(scores / (scores - 1)) * studentLimit(confidence, scores - 1));
}
