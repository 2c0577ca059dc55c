/** A part of the list, as the page asks for it. */
import { z } from 'zod';
import { type EpisodeRow, type ListPage, SORTS, type Sort } from './protocol.js';
import type { Found } from './run-list.js';

const MOST_ROWS = 500;

/** The question, as it comes in an address. */
export const listQuestion = z.object({
  words: z.string().max(200).default(''),
  evaluation: z.string().max(64).default(''),
  sort: z.enum(SORTS).default('newest'),
  from: z.coerce.number().int().min(0).default(0),
  count: z.coerce.number().int().min(1).max(MOST_ROWS).default(100),
});

export type ListQuestion = z.output<typeof listQuestion>;

/** Those being played come first; then as asked, the newest of equal ones first. */
export function listPage(found: Found, question: ListQuestion, canPlay: boolean): ListPage {
  const { evaluation, sort, from, count } = question;
  const words = question.words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = found.rows.filter(
    (row) => (evaluation === '' || row.evaluation === evaluation) && words.every((word) => textOf(row).includes(word)),
  );
  const order = ORDERS[sort];
  fits.sort(
    (a, b) => Number(b.isLive) - Number(a.isLive) || order(a, b) || compare(b.started, a.started) || a.seed - b.seed,
  );
  const { evaluations } = found;
  return { rows: fits.slice(from, from + count), total: fits.length, from, evaluations, canPlay };
}

const textOf = ({ game, policy, seed, status, run }: EpisodeRow): string =>
  `${game} ${policy} seed ${seed} ${status} ${run}`.toLowerCase();

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const biggest = (a: number | null, b: number | null): number => (b ?? -Infinity) - (a ?? -Infinity) || 0;

const ORDERS: Record<Sort, (a: EpisodeRow, b: EpisodeRow) => number> = {
  newest: (a, b) => compare(b.started, a.started),
  score: (a, b) => biggest(a.score, b.score),
  decisions: (a, b) => biggest(a.decisions, b.decisions),
  seed: (a, b) => a.seed - b.seed,
  policy: (a, b) => compare(a.policy, b.policy),
  game: (a, b) => compare(a.game, b.game),
};
