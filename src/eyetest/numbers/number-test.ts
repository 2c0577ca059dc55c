/** What a test with numbers is: pictures whose right answer is known to the number, and how far off is counted. */
import { createHash } from 'node:crypto';
import { type Frame, hashArray } from '../../core/index.js';
import type { Place } from '../../training/pvp/index.js';

/** Of a plan: all questions follow from it. */
export interface NumberPlan {
  readonly seed: number;
  /** Pixels of the pictures' longer side. */
  readonly side: number;
  /** Questions of a test; a test that has fewer pictures asks fewer. */
  readonly numbers: number;
}

export interface NumberQuestion {
  readonly frame: Frame;
  /** Which picture it is: a file, a seed, a step. */
  readonly origin: string;
  /** Index of the wording, and the question in it. */
  readonly wording: number;
  readonly words: string;
  /** The right numbers, in the order in which they are asked for. */
  readonly truth: readonly number[];
  /** What an answer's number may be at most. */
  readonly most: number;
  /** The pixels that are asked about; none where a thing is looked for. */
  readonly places: readonly Place[];
  /** The words that name the thing to be pointed at; only of such a test. */
  readonly expression?: string;
  /** One step of an answer in the test's unit. */
  readonly step: number;
}

/** The questions of a plan. */
export interface NumberQuestions {
  readonly count: number;
  /** @param trial from 0 to `count` - 1 */
  question(trial: number): NumberQuestion;
}

export interface NumberTest {
  /** As `--tests` names it. */
  readonly name: string;
  /**
   * `pixels`: one color a question; `painting`: those of a regular grid, several a question; `sight`: a column;
   * `point`: column and row.
   */
  readonly kind: 'pixels' | 'painting' | 'sight' | 'point';
  /** What the error is of. */
  readonly measures: string;
  /** Of the error. */
  readonly unit: string;
  /** Numbers that are one thing: three of a color, two of a place, one of a column. */
  readonly together: number;
  /** Errors up to which the share of answers is told. */
  readonly within: readonly number[];
  /** The question in other words, at least three times; for people who read the report. */
  readonly wordings: readonly string[];
  /** What is always said by who does not look, by name: the answers that a list of right ones gives. */
  readonly baselines: Readonly<Record<string, (truths: readonly number[]) => number>>;
  /** Whether its pictures are on this machine. */
  isThere(): boolean;
  /** Rejects with `setup` where its pictures are not there. */
  open(plan: NumberPlan): Promise<NumberQuestions>;
}

/** Of a question's picture, as it stands beside the answer. */
export function pictureHash(frame: Frame): string {
  return createHash('sha256').update(hashArray(frame)).digest('hex').slice(0, 32);
}

export { mean, median } from '../../evaluation/index.js';
