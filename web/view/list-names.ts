/** Words of the list. */
import type { Sort } from '../../src/view/protocol.js';

export type { EpisodeRow, ListPage } from '../../src/view/protocol.js';

export const SORT_NAMES: Readonly<Record<Sort, string>> = {
  newest: 'newest first',
  score: 'highest score',
  decisions: 'longest',
  seed: 'by seed',
  policy: 'by policy',
  game: 'by game',
};
