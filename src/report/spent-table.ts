/** What a row's answers cost, as the cells that the page and the Markdown show. */

import { formatCount, NOTHING } from './format.js';
import type { PolicyReport } from './report-data.js';

/** Titles, and what hovers over them. */
export const SPENT_COLUMNS = [
  { title: 'Requests', hint: 'Sent to a service, failed ones among them' },
  { title: 'Prompt tokens', hint: 'And those of them that the service had kept from before' },
  { title: 'Answer tokens', hint: 'And those of them that were reasoning' },
  { title: 'Cost', hint: 'US dollars, of all episodes' },
  { title: 'Cost an episode', hint: 'US dollars' },
  { title: 'Seconds a decision', hint: 'That the service took, over all steps' },
  { title: 'Trouble', hint: 'Requests that failed and answers that no parser may read' },
] as const;

/** One cell a column. */
export function spentCells(spent: NonNullable<PolicyReport['row']['spent']>): string[] {
  const trouble = Object.entries({ ...spent.failed_requests, ...spent.unusable_answers });
  return [
    formatCount(spent.requests),
    withPart(spent.prompt_tokens, spent.cached_tokens, 'cached'),
    withPart(spent.answer_tokens, spent.reasoning_tokens, 'reasoning'),
    formatDollars(spent.cost),
    formatDollars(spent.cost_an_episode),
    spent.seconds_a_decision === null ? NOTHING : spent.seconds_a_decision.toFixed(2),
    trouble.length === 0 ? NOTHING : trouble.map(([outcome, count]) => `${outcome} ${formatCount(count)}`).join(', '),
  ];
}

function withPart(all: number, part: number, word: string): string {
  return part === 0 ? formatCount(all) : `${formatCount(all)} (${formatCount(part)} ${word})`;
}

function formatDollars(value: number | null): string {
  return value === null ? NOTHING : `$${value.toFixed(4)}`;
}
