/**
 * A Bayesian staircase: what is asked next is what is expected to tell most about threshold and width (the psi method,
 * Kontsevich and Tyler 1999, 10.1016/S0042-6989(98)00285-5, in the general form of QUEST+, Watson 2017,
 * 10.1167/17.3.10). Its posterior gives the threshold and its credible interval.
 */
import { type Psychometric, rightAnswer } from './psychometric.js';

export interface StaircaseOptions {
  /** The x of each level that can be shown, in any order. */
  readonly strengths: readonly number[];
  /** Chance of a right answer by guessing. */
  readonly guess: number;
}

/** A value with the interval that holds it with a probability of 0.95. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

const THRESHOLDS = 81;
/** The threshold may lie so far beyond the levels, as a part of their range: a model may see all of it, or nothing. */
const BEYOND = 0.25;
/** Parts of the range of the levels: nobody's answers are sharper, and who is less sharp has hardly a threshold. */
const WIDTHS = [0.1, 0.14, 0.2, 0.27, 0.36, 0.47, 0.6];
const LAPSES = [0, 0.02, 0.05, 0.1];
/** Lapses are rare before anything is known. */
const LAPSE_WEIGHTS = [0.45, 0.3, 0.17, 0.08];
const COVERAGE = 0.95;
/** Less probability at a point of the grid adds nothing to an entropy; after some answers most have less. */
const NEGLIGIBLE = 1e-12;

export class Staircase {
  readonly #thresholds: readonly number[];
  readonly #grid: readonly Psychometric[];
  /** By level: chance of a right answer for each point of the grid. */
  readonly #right: readonly Float64Array[];
  #posterior: Float64Array;

  constructor({ strengths, guess }: StaircaseOptions) {
    const [least, most] = [Math.min(...strengths), Math.max(...strengths)];
    const range = most - least;
    const step = (range * (1 + 2 * BEYOND)) / (THRESHOLDS - 1);
    this.#thresholds = Array.from({ length: THRESHOLDS }, (_, i) => least - BEYOND * range + i * step);
    this.#grid = this.#thresholds.flatMap((threshold) =>
      WIDTHS.flatMap((part) => LAPSES.map((lapse) => ({ threshold, width: part * range, lapse, guess }))),
    );
    this.#right = strengths.map((x) => Float64Array.from(this.#grid, (point) => rightAnswer(point, x)));
    this.#posterior = normalised(Float64Array.from(this.#grid, (_, i) => LAPSE_WEIGHTS[i % LAPSES.length] as number));
  }

  /** The index of the level that is expected to tell most. */
  next(): number {
    const expected = this.#right.map((right) => this.#expectedEntropy(right));
    return expected.indexOf(Math.min(...expected));
  }

  /** Takes an answer to a question at the level of this index. */
  add(level: number, isRight: boolean): void {
    const right = this.#right[level] as Float64Array;
    this.#posterior = normalised(
      this.#posterior.map((p, i) => p * (isRight ? (right[i] as number) : 1 - (right[i] as number))),
    );
  }

  /** The threshold, as an x. */
  threshold(): Estimate {
    const marginal = new Float64Array(THRESHOLDS);
    const each = this.#grid.length / THRESHOLDS;
    this.#posterior.forEach((p, i) => {
      const at = Math.floor(i / each);
      marginal[at] = (marginal[at] as number) + p;
    });
    const value = this.#thresholds.reduce((sum, x, i) => sum + x * (marginal[i] as number), 0);
    const tail = (1 - COVERAGE) / 2;
    return { value, interval: [this.#quantile(marginal, tail), this.#quantile(marginal, 1 - tail)] };
  }

  /** The function of the posterior's means. */
  mean(): Psychometric {
    const meanOf = (of: (point: Psychometric) => number): number =>
      this.#grid.reduce((sum, point, i) => sum + of(point) * (this.#posterior[i] as number), 0);
    return {
      threshold: meanOf(({ threshold }) => threshold),
      width: meanOf(({ width }) => width),
      lapse: meanOf(({ lapse }) => lapse),
      guess: (this.#grid[0] as Psychometric).guess,
    };
  }

  /** Between two points of the grid the probability is spread evenly. */
  #quantile(marginal: Float64Array, share: number): number {
    const step = (this.#thresholds[1] as number) - (this.#thresholds[0] as number);
    let sum = 0;
    for (const [i, p] of marginal.entries()) {
      if (sum + p >= share) return (this.#thresholds[i] as number) + step * ((share - sum) / p - 0.5);
      sum += p;
    }
    return this.#thresholds.at(-1) as number;
  }

  /** Of threshold and width; which lapses there are is of no interest, so nothing is asked to learn it. */
  #expectedEntropy(right: Float64Array): number {
    let [allRight, rightEntropy, wrongEntropy] = [0, 0, 0];
    for (let first = 0; first < right.length; first += LAPSES.length) {
      let [sumRight, sum] = [0, 0];
      for (let i = first; i < first + LAPSES.length; i++) {
        const p = this.#posterior[i] as number;
        sum += p;
        sumRight += p * (right[i] as number);
      }
      if (sum < NEGLIGIBLE) continue;
      allRight += sumRight;
      rightEntropy -= plogp(sumRight);
      wrongEntropy -= plogp(sum - sumRight);
    }
    // The entropy of q / Q is H(q) / Q + log Q, and its weight is Q.
    return rightEntropy + plogp(allRight) + wrongEntropy + plogp(1 - allRight);
  }
}

const plogp = (p: number): number => (p > 0 ? p * Math.log(p) : 0);

function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
