/** Recorded episodes played again: verified, and held against each other. See docs/records.md. */
export * from './divergence.js';
export { isDecision } from './episode.js';
export * from './recorded-env.js';
export * from './steps.js';
export * from './verify.js';
