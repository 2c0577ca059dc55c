/** What the server tells the page of a person who takes the test. */

export interface AskedNow {
  readonly kind: 'question';
  /** Which question it is: the test, and the number of the question in it, from 0. */
  readonly test: string;
  readonly trial: number;
  readonly words: string;
  readonly choices: readonly string[];
  /** Pictures, oldest first. */
  readonly pictures: number;
  /** Pixels of their side. */
  readonly side: number;
}

export interface Progress {
  /** Questions. */
  readonly answered: number;
  readonly testsOver: number;
  readonly tests: number;
  /** Answered of all that may be asked, from 0 to 1. Tests may be over earlier, never later. */
  readonly part: number;
}

export interface SittingState {
  readonly now: AskedNow | { readonly kind: 'over' } | { readonly kind: 'stopped' };
  readonly progress: Progress;
}

export interface GivenAnswer {
  readonly test: string;
  readonly trial: number;
  /** Index of the choice. */
  readonly choice: number;
}
