/** What the episodes of a row cost together, for the table. */
import { REQUEST_COUNTERS, type Spent, sumSpent, UNUSABLE_COUNTERS } from '../agent/index.js';
import type { Counts } from './answer-rates.js';
import type { ResultRow } from './results-schema.js';

/** Undefined where nothing is known of it. @param counts the counters of all these episodes. */
export function spentOf(
  outcomes: readonly { readonly decisions: number; readonly spent?: Spent | null | undefined }[],
  counts: Counts,
): ResultRow['spent'] {
  const known = outcomes.flatMap(({ decisions, spent }) => (spent ? [{ decisions, spent }] : []));
  const total = sumSpent(known.map(({ spent }) => spent));
  if (total === null) return undefined;
  const decisions = known.reduce((sum, one) => sum + one.decisions, 0);
  const seconds = total.serviceMs / 1000;
  // Where requests brought no answer at all, nothing says what they cost.
  const isAnswered = total.requests === 0 || total.serviceMs > 0 || total.promptTokens + total.answerTokens > 0;
  const cost = isAnswered ? total.cost : null;
  return {
    requests: total.requests,
    prompt_tokens: total.promptTokens,
    cached_tokens: total.cachedTokens,
    answer_tokens: total.answerTokens,
    reasoning_tokens: total.reasoningTokens,
    cost,
    cost_an_episode: cost === null ? null : cost / known.length,
    service_seconds: seconds,
    seconds_a_decision: total.serviceMs > 0 && decisions > 0 ? seconds / decisions : null,
    failed_requests: occurred(REQUEST_COUNTERS, counts),
    unusable_answers: occurred(UNUSABLE_COUNTERS, counts),
  };
}

function occurred(counters: readonly (readonly [outcome: string, counter: string])[], counts: Counts) {
  const entries = counters.map(([outcome, counter]) => [outcome, counts[counter] ?? 0] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}
