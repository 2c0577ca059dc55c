/** What all players over HTTP of one command share: a budget, and a cache of answers. */
import { AnswersCache } from './answers-cache.js';
import { Budget, type BudgetLimits } from './budget.js';

export interface Services {
  readonly budget: Budget;
  readonly cache?: AnswersCache;
  /** Told what a person should know and nothing fails for. */
  readonly onWarning?: (sentence: string) => void;
}

export interface ServicesOptions extends BudgetLimits {
  /** Folder of the answers; none are kept where left out. */
  readonly cache?: string | undefined;
  readonly onWarning?: ((sentence: string) => void) | undefined;
}

/** Rejects with `file` where the folder cannot be made. */
export async function openServices({ cache, onWarning, ...limits }: ServicesOptions): Promise<Services> {
  return {
    budget: new Budget(limits),
    ...(cache === undefined ? {} : { cache: await AnswersCache.open(cache, onWarning) }),
    ...(onWarning ? { onWarning } : {}),
  };
}
