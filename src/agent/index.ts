/** Games as data, policies, and the loop that plays episodes. See docs/games.md. */
export * from './episode.js';
export * from './game.js';
export * from './parse-result.js';
export * from './policy.js';
