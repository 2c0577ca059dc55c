/** What an answer costs by the prices that an endpoint's file says. */
import type { Usage } from '../../agent/policy.js';

/** US dollars for a million tokens. */
export interface Prices {
  readonly prompt: number;
  /** Tokens of the prompt that the service had kept from before. */
  readonly cached: number;
  /** Tokens written, reasoning among them. */
  readonly answer: number;
}

/** US dollars; null where there are no prices, or the service does not say its tokens. */
export function costOf(prices: Prices | null, usage: Usage | undefined): number | null {
  if (prices === null || usage?.promptTokens === undefined || usage.answerTokens === undefined) return null;
  const { promptTokens, answerTokens, cachedTokens = 0 } = usage;
  const fresh = Math.max(0, promptTokens - cachedTokens);
  return (fresh * prices.prompt + cachedTokens * prices.cached + answerTokens * prices.answer) / 1e6;
}
