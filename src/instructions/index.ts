/** Whether players do what they are told when it is told otherwise. See docs/instructions.md. */
export * from './followed.js';
export * from './run.js';
export * from './table.js';
export * from './tellings.js';
