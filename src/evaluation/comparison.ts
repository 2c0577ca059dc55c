/** Two policies against each other: on common seeds pair by pair, else as two independent samples. */
import {
  type BootstrapOptions,
  type Interval,
  meanInterval,
  pairedBootstrapInterval,
  stratifiedBootstrapInterval,
} from './bootstrap.js';
import { mean, median } from './summary.js';
import { isTie, withTiesEqual } from './ties.js';
import { wilsonInterval } from './wilson.js';

/** Of fewer pairs an interval is a rough guide, and nothing is concluded in words. */
export const FEW_PAIRS = 20;

/** One score by its seed. */
export interface SeedScore {
  readonly seed: number;
  readonly score: number;
}

/** What is said of policy a against policy b on the seeds that both played to an end. */
export interface PairedComparison {
  /** Common seeds, ascending. */
  readonly seeds: readonly number[];
  /** a − b of each seed, in the order of `seeds`; exactly 0 where the two are a tie (`isTie`). */
  readonly differences: readonly number[];
  /** Mean of the differences; NaN without a common seed. */
  readonly difference: number;
  /** Of the mean difference (`meanInterval`); null of fewer than two pairs, and where all differences are the same. */
  readonly interval: Interval | null;
  readonly medianDifference: number;
  /** Seeds on which a scored more, as much, less. */
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** The share of seeds on which a scored more, a tie counting as half; NaN without a common seed. */
  readonly shareAhead: number;
  /** Wilson's, of that share. */
  readonly shareAheadInterval: Interval | null;
  /** See `probabilityOfImprovement`: of any score of a against any of b, whatever their seeds. */
  readonly probabilityOfImprovement: number;
  /** Of that probability, pairs drawn together; null where every score of one is above every score of the other. */
  readonly probabilityInterval: Interval | null;
}

/** Compares on the common seeds. A seed that one of them did not finish is in neither side. */
export function comparePaired(
  a: readonly SeedScore[],
  b: readonly SeedScore[],
  options: BootstrapOptions = {},
): PairedComparison {
  const ofB = new Map(b.map(({ seed, score }) => [seed, score]));
  const common = a.filter(({ seed }) => ofB.has(seed)).sort((one, other) => one.seed - other.seed);
  const scoresA = common.map(({ score }) => score);
  const scoresB = common.map(({ seed }) => ofB.get(seed) as number);
  const differences = scoresA.map((score, i) => difference(score, scoresB[i] as number));
  const wins = differences.filter((one) => one > 0).length;
  const losses = differences.filter((one) => one < 0).length;
  const ties = differences.length - wins - losses;
  const [levelA, levelB] = withTiesEqual([scoresA, scoresB]) as [number[], number[]];
  return {
    seeds: common.map(({ seed }) => seed),
    differences,
    difference: mean(differences),
    interval: meanInterval(differences, options),
    medianDifference: median(differences),
    wins,
    ties,
    losses,
    shareAhead: (wins + ties / 2) / differences.length,
    shareAheadInterval: wilsonInterval(wins + ties / 2, differences.length, options.confidence),
    probabilityOfImprovement: probabilityOfImprovement(levelA, levelB),
    probabilityInterval: pairedBootstrapInterval(levelA, levelB, probabilityOfImprovement, options),
  };
}

/** 0 of a tie: what rounding leaves is no difference. */
function difference(a: number, b: number): number {
  return isTie(a, b) ? 0 : a - b;
}

/**
 * The probability that a random score of `a` is above a random score of `b`, a tie counting as half: the Mann-Whitney U
 * of `a` over the number of pairs, as rliable's `probability_of_improvement` for one task. NaN where one has no score.
 */
export function probabilityOfImprovement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const order = Float64Array.from(b).sort();
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += countBelow(order, a[i] as number) + countUpTo(order, a[i] as number);
  return sum / (2 * a.length * b.length);
}

/** The interval of `probabilityOfImprovement` for scores that are no pairs: each side is resampled by itself. */
export function improvementInterval(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions = {},
): Interval | null {
  return stratifiedBootstrapInterval(
    [a, b],
    ([ofA, ofB]) => probabilityOfImprovement(ofA as Float64Array, ofB as Float64Array),
    options,
  );
}

function countBelow(ascending: Float64Array, value: number): number {
  return firstPlace(ascending, (other) => other >= value);
}

function countUpTo(ascending: Float64Array, value: number): number {
  return firstPlace(ascending, (other) => other > value);
}

/** The first place whose value fulfils a condition that all later ones fulfil too; the length where none does. */
function firstPlace(ascending: Float64Array, condition: (value: number) => boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (condition(ascending[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
