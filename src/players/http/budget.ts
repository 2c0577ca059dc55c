/** What the services of one command may cost at most. */
import type { Usage } from '../../agent/policy.js';
import { AgentError } from '../../core/index.js';

/** Limits of one start of a command; what is left out is not limited. */
export interface BudgetLimits {
  /** US dollars, by the prices of the endpoints. */
  readonly cost?: number | undefined;
  /** Requests, failed ones among them. */
  readonly requests?: number | undefined;
  /** Tokens of prompts and answers together. */
  readonly tokens?: number | undefined;
}

export interface BudgetSpent {
  readonly requests: number;
  /** Answers that came out of the cache, and cost nothing. */
  readonly cached: number;
  /** Answers that were paid for. */
  readonly answers: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** US dollars; null once an answer came whose price is not known. */
  readonly cost: number | null;
}

/**
 * Counts what is asked and ends it. A limit is looked at before each request, so the requests that are under way when
 * it is reached still count, and what they answer is kept.
 */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #controller = new AbortController();
  #spent: BudgetSpent = { requests: 0, cached: 0, answers: 0, promptTokens: 0, answerTokens: 0, cost: 0 };
  #end: AgentError | undefined;

  constructor(limits: BudgetLimits = {}) {
    this.#limits = limits;
  }

  /** Aborted, with `cancelled`, when the budget is used up and nothing is under way any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get spent(): BudgetSpent {
    return this.#spent;
  }

  get limitsCost(): boolean {
    return this.#limits.cost !== undefined;
  }

  /** Before a request. Throws `cancelled` where there is nothing left for it. */
  request(): void {
    this.#end ??= this.#usedUp();
    if (this.#end) throw this.#end;
    this.#spent = { ...this.#spent, requests: this.#spent.requests + 1 };
  }

  /** What an answer cost, in US dollars and in tokens; undefined where the service does not say its tokens. */
  answer(cost: number | null, usage: Usage | undefined): void {
    const { promptTokens = 0, answerTokens = 0 } = usage ?? {};
    this.#spent = {
      ...this.#spent,
      answers: this.#spent.answers + 1,
      promptTokens: this.#spent.promptTokens + promptTokens,
      answerTokens: this.#spent.answerTokens + answerTokens,
      cost: cost === null || this.#spent.cost === null ? null : this.#spent.cost + cost,
    };
    const isTold = usage?.promptTokens !== undefined && usage.answerTokens !== undefined;
    if (!isTold && (this.#limits.tokens !== undefined || this.limitsCost)) this.#end ??= untold();
  }

  /** An answer came out of the cache. */
  cached(): void {
    this.#spent = { ...this.#spent, cached: this.#spent.cached + 1 };
  }

  /** Aborts the signal where the budget is used up; for when nothing is under way. */
  settle(): void {
    if (this.#end) this.#controller.abort(this.#end);
  }

  #usedUp(): AgentError | undefined {
    const { cost = Infinity, requests = Infinity, tokens = Infinity } = this.#limits;
    const spent = this.#spent;
    if (spent.requests >= requests) return usedUp(`--max-requests ${requests}`, `${spent.requests} requests`);
    const written = spent.promptTokens + spent.answerTokens;
    if (written >= tokens) return usedUp(`--max-tokens ${tokens}`, `${written} tokens`);
    if ((spent.cost ?? 0) >= cost) return usedUp(`--max-cost ${cost}`, `$${(spent.cost ?? 0).toFixed(4)}`);
    return undefined;
  }
}

function usedUp(limit: string, spent: string): AgentError {
  return new AgentError('cancelled', 'the budget is used up', {
    expected: `at most ${limit} for this start`,
    got: spent,
    next: 'go on with a new budget; with the same --cache nothing that was answered is paid for again',
  });
}

function untold(): AgentError {
  return new AgentError('cancelled', 'the budget cannot be kept: the service does not say how many tokens it took', {
    expected: 'counts of tokens in every answer, for --max-tokens and --max-cost',
    got: 'an answer without them',
    next: 'limit the requests instead: --max-requests',
  });
}
