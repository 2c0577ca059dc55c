/** Counts of how answers went: every kind of failure apart, so that none hides behind another. */
import { SERVICE_FAILURES, type ServiceFacts, type ServiceFailure, UNUSABLE_ANSWERS } from '../policy.js';
import type { AnswerCounters, RejectedAnswer } from './episode.js';

type Reason = RejectedAnswer['reason'];

const COUNTER_OF: Readonly<Record<Reason, keyof AnswerCounters>> = {
  empty: 'empty',
  'no-match': 'noMatch',
  illegal: 'illegal',
  ambiguous: 'ambiguous',
  error: 'modelErrors',
  timeout: 'timeouts',
  'no-content': 'noContent',
  refusal: 'refusals',
  'content-filter': 'contentFilters',
  'cut-off': 'cutOff',
};

const COUNTER_OF_REQUEST: Readonly<Record<ServiceFailure, keyof AnswerCounters>> = {
  'rate-limited': 'rateLimited',
  'server-error': 'serverErrors',
  timeout: 'serviceTimeouts',
  connection: 'connections',
  malformed: 'malformed',
  denied: 'denied',
};

/** The counters of answers that came from a service and were none that a parser may read, by outcome. */
export const UNUSABLE_COUNTERS = UNUSABLE_ANSWERS.map((outcome) => [outcome, COUNTER_OF[outcome]] as const);

/** The counters of requests that a service did not answer, by outcome. */
export const REQUEST_COUNTERS = SERVICE_FAILURES.map((outcome) => [outcome, COUNTER_OF_REQUEST[outcome]] as const);

/** All zero. */
export function newCounters(): AnswerCounters {
  return {
    decisions: 0,
    held: 0,
    planned: 0,
    waiting: 0,
    parsed: 0,
    empty: 0,
    noMatch: 0,
    illegal: 0,
    ambiguous: 0,
    retries: 0,
    fallbacks: 0,
    modelErrors: 0,
    timeouts: 0,
    noContent: 0,
    refusals: 0,
    contentFilters: 0,
    cutOff: 0,
    rateLimited: 0,
    serverErrors: 0,
    serviceTimeouts: 0,
    connections: 0,
    malformed: 0,
    denied: 0,
  };
}

/** Counts an answer that could not be used; a reason that is none, as a record from elsewhere may name, is left out. */
export function countRejection(counters: AnswerCounters, reason: string): void {
  if (Object.hasOwn(COUNTER_OF, reason)) counters[COUNTER_OF[reason as Reason]]++;
}

/** Counts the requests for an answer that failed. */
export function countFailedRequests(counters: AnswerCounters, service: Pick<ServiceFacts, 'failed'> | undefined): void {
  for (const { outcome } of service?.failed ?? []) counters[COUNTER_OF_REQUEST[outcome]]++;
}

/** The counters of several episodes together. */
export function sumCounters(all: readonly Readonly<AnswerCounters>[]): AnswerCounters {
  const sum = newCounters();
  for (const counters of all) {
    for (const key of Object.keys(sum) as (keyof AnswerCounters)[]) sum[key] += counters[key];
  }
  return sum;
}
