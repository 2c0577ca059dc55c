/** What answers cost: requests, tokens, money and the time of a service, added up over an episode or several. */
import type { ServiceExtras } from '../policy.js';

export interface Spent {
  /** Requests that were sent to a service, failed ones among them. */
  readonly requests: number;
  readonly promptTokens: number;
  /** Those of the prompts that the service had kept from before. */
  readonly cachedTokens: number;
  /** Written in all, reasoning among them. */
  readonly answerTokens: number;
  readonly reasoningTokens: number;
  /** US dollars; null where the price of a part is not known. */
  readonly cost: number | null;
  /** Milliseconds that services took for answers, without failed requests and waits. */
  readonly serviceMs: number;
}

const NOTHING: Spent = {
  requests: 0,
  promptTokens: 0,
  cachedTokens: 0,
  answerTokens: 0,
  reasoningTokens: 0,
  cost: 0,
  serviceMs: 0,
};

/** Adds up the answers of one episode, in their order. */
export class SpentCount {
  #total: Spent | null = null;

  /** Of an answer, used or not; one that says neither tokens nor a service adds nothing. */
  add({ usage, service }: Pick<ServiceExtras, 'usage' | 'service'>): void {
    if (usage === undefined && service === undefined) return;
    const cost = service === undefined ? null : service.cost;
    this.#total = plus(this.#total ?? NOTHING, {
      requests: service?.requests ?? 0,
      promptTokens: usage?.promptTokens ?? 0,
      cachedTokens: usage?.cachedTokens ?? 0,
      answerTokens: usage?.answerTokens ?? 0,
      reasoningTokens: usage?.reasoningTokens ?? 0,
      cost,
      serviceMs: service?.latencyMs ?? 0,
    });
  }

  /** Null where nothing is known. */
  get total(): Spent | null {
    return this.#total;
  }
}

/** Several episodes together; those of which nothing is known are left out, and null where that is all. */
export function sumSpent(all: readonly (Spent | null)[]): Spent | null {
  const known = all.filter((one) => one !== null);
  return known.length === 0 ? null : known.reduce(plus);
}

function plus(a: Spent, b: Spent): Spent {
  return {
    requests: a.requests + b.requests,
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    answerTokens: a.answerTokens + b.answerTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
    serviceMs: a.serviceMs + b.serviceMs,
  };
}
