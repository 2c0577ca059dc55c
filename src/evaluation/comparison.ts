/** Two policies against each other: on common seeds pair by pair, else as two independent samples. */
import {
  type BootstrapOptions,
  type Interval,
  pairedBootstrapInterval,
  stratifiedBootstrapInterval,
} from './bootstrap.js';
import { mean, median } from './summary.js';

/** One score by its seed. */
export interface SeedScore {
  readonly seed: number;
  readonly score: number;
}

/** What is said of policy a against policy b on the seeds that both played to an end. */
export interface PairedComparison {
  /** Common seeds, ascending. */
  readonly seeds: readonly number[];
  /** a − b of each seed, in the order of `seeds`. */
  readonly differences: readonly number[];
  /** Mean of the differences; NaN without a common seed. */
  readonly difference: number;
  /** Of the mean difference, pairs drawn together. */
  readonly interval: Interval | null;
  readonly medianDifference: number;
  /** Seeds on which a scored more, as much, less. */
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** See `probabilityOfImprovement`. */
  readonly probabilityOfImprovement: number;
  /** Of that probability, pairs drawn together. */
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
  const differences = scoresA.map((score, i) => score - (scoresB[i] as number));
  return {
    seeds: common.map(({ seed }) => seed),
    differences,
    difference: mean(differences),
    interval: pairedBootstrapInterval(scoresA, scoresB, meanDifference, options),
    medianDifference: median(differences),
    wins: differences.filter((difference) => difference > 0).length,
    ties: differences.filter((difference) => difference === 0).length,
    losses: differences.filter((difference) => difference < 0).length,
    probabilityOfImprovement: probabilityOfImprovement(scoresA, scoresB),
    probabilityInterval: pairedBootstrapInterval(scoresA, scoresB, probabilityOfImprovement, options),
  };
}

/** b − a and a − b have the same interval, mirrored: the sum is taken pair by pair. */
function meanDifference(a: Float64Array, b: Float64Array): number {
  return mean(a.map((score, i) => score - (b[i] as number)));
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
