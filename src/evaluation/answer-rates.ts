/** How often a policy's answers could not be used, each kind apart. */
import { UNUSABLE_COUNTERS } from '../agent/index.js';

/** Counts as records keep them: `AnswerCounters` by name, of one episode or of several. */
export type Counts = Readonly<Record<string, number>>;

export interface AnswerRates {
  /** Steps taken. */
  readonly decisions: number;
  /** Times that the policy was asked, retries included. */
  readonly questions: number;
  /** Shares of `questions`. */
  readonly parseFailures: number;
  readonly illegal: number;
  readonly modelErrors: number;
  readonly timeouts: number;
  /** Answers of a service that are none that a parser may read. */
  readonly unusable: number;
  /** Shares of `decisions`: asked again, and taken by the game's fallback action. */
  readonly retries: number;
  readonly fallbacks: number;
}

/** The counters of several episodes together; a counter that a record does not have counts as zero. */
export function sumCounts(all: Iterable<Counts>): Record<string, number> {
  const sum: Record<string, number> = Object.create(null);
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** Rates from counts; zero where nothing was asked. */
export function answerRates(counts: Counts): AnswerRates {
  const of = (name: string): number => counts[name] ?? 0;
  const parseFailures = of('empty') + of('noMatch') + of('ambiguous');
  const unusable = UNUSABLE_COUNTERS.reduce((sum, [, counter]) => sum + of(counter), 0);
  const rejected = parseFailures + of('illegal') + of('modelErrors') + of('timeouts') + unusable;
  const decisions = of('decisions');
  const unasked = of('held') + of('planned') + of('waiting');
  // Every decision that was asked for, but the fallbacks, has one answer that was used; all other questions ended in
  // a rejection.
  const questions = decisions - unasked - of('fallbacks') + rejected;
  const share = (count: number, whole: number): number => (whole === 0 ? 0 : count / whole);
  return {
    decisions,
    questions,
    parseFailures: share(parseFailures, questions),
    illegal: share(of('illegal'), questions),
    modelErrors: share(of('modelErrors'), questions),
    timeouts: share(of('timeouts'), questions),
    unusable: share(unusable, questions),
    retries: share(of('retries'), decisions),
    fallbacks: share(of('fallbacks'), decisions),
  };
}
