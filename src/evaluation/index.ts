/** Statistics and tables over episode records, and the evaluations that make them. See docs/evaluation.md. */
export * from './answer-rates.js';
export * from './batch-invariant.js';
export * from './bootstrap.js';
export * from './comparison.js';
export * from './episode-outcome.js';
export * from './evaluation-config.js';
export * from './evaluation-folder.js';
export * from './evaluation-schema.js';
export * from './normalise.js';
export * from './play-entry.js';
export * from './results.js';
export * from './results-schema.js';
export * from './run-lock.js';
export * from './seed-ranges.js';
export * from './summary.js';
