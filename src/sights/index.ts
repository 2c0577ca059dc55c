/** How right is what players say they see, by their records. See docs/games.md. */
export * from './examine-episode.js';
export * from './sight-table.js';
