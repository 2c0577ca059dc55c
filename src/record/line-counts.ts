/** How the answers in the lines of a record went and what they cost, counted as the agent loop counts them. */
import {
  type AnswerCounters,
  countFailedRequests,
  countRejection,
  newCounters,
  type Spent,
  SpentCount,
} from '../agent/index.js';
import type { StepLine } from './schema.js';

export class LineCounts {
  readonly counters: AnswerCounters = newCounters();
  readonly #spent = new SpentCount();
  #endsWaiting = false;

  /** Whether the game ended while the policy thought: the answer to that then stands in no line. */
  get endsWaiting(): boolean {
    return this.#endsWaiting;
  }

  /** Null where the lines tell neither tokens nor a service. */
  get spent(): Spent | null {
    return this.#spent.total;
  }

  add(line: StepLine): void {
    const { parse, fallback, attempts, rejected } = line;
    this.counters.decisions++;
    if (line.origin !== undefined) this.counters[line.origin]++;
    this.#endsWaiting = line.origin === 'waiting';
    if (parse?.ok) this.counters.parsed++;
    if (fallback !== null) this.counters.fallbacks++;
    // With the fallback every attempt was rejected; else all but the last, and each was followed by another.
    this.counters.retries += Math.max(0, attempts - 1);
    for (const answer of rejected) {
      countRejection(this.counters, answer.reason);
      this.#addCosts(answer);
    }
    this.#addCosts(line);
  }

  #addCosts(answer: Pick<StepLine, 'usage' | 'service'>): void {
    this.#spent.add(answer);
    countFailedRequests(this.counters, answer.service);
  }
}
