/** Which episodes fit a question, and in which order: of the server's list, and of the page of an export. */
import type { EpisodeRow, Sort } from './protocol.js';

export interface Wanted {
  /** All of them are to stand in a row's text. */
  readonly words: string;
  /** Id of an evaluation; all where empty. */
  readonly evaluation: string;
  readonly sort: Sort;
}

/** Those being played come first; then as asked, the newest of equal ones first. */
export function fittingRows(rows: readonly EpisodeRow[], { words, evaluation, sort }: Wanted): EpisodeRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = rows.filter(
    (row) => (evaluation === '' || row.evaluation === evaluation) && wanted.every((word) => textOf(row).includes(word)),
  );
  const order = ORDERS[sort];
  return fits.sort(
    (a, b) => Number(b.isLive) - Number(a.isLive) || order(a, b) || compare(b.started, a.started) || a.seed - b.seed,
  );
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
