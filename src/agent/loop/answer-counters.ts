/** Counts of how answers went: every kind of failure apart, so that none hides behind another. */

import type { AnswerCounters, RejectedAnswer } from './episode.js';

const COUNTER_OF: Readonly<Record<RejectedAnswer['reason'], keyof AnswerCounters>> = {
  empty: 'empty',
  'no-match': 'noMatch',
  illegal: 'illegal',
  ambiguous: 'ambiguous',
  error: 'modelErrors',
  timeout: 'timeouts',
  'no-content': 'empty',
  refusal: 'noMatch',
  'content-filter': 'noMatch',
  'cut-off': 'noMatch',
};

/** All zero. */
export function newCounters(): AnswerCounters {
  return {
    decisions: 0,
    parsed: 0,
    empty: 0,
    noMatch: 0,
    illegal: 0,
    ambiguous: 0,
    retries: 0,
    fallbacks: 0,
    modelErrors: 0,
    timeouts: 0,
  };
}

/** Counts an answer that could not be used. */
export function countRejection(counters: AnswerCounters, reason: RejectedAnswer['reason']): void {
  counters[COUNTER_OF[reason]]++;
}

/** The counters of several episodes together. */
export function sumCounters(all: readonly Readonly<AnswerCounters>[]): AnswerCounters {
  const sum = newCounters();
  for (const counters of all) {
    for (const key of Object.keys(sum) as (keyof AnswerCounters)[]) sum[key] += counters[key];
  }
  return sum;
}
