/** Evaluations over a queue that others keep: BullMQ on Redis or Valkey. See docs/queue.md. */
export * from './checkpoints.js';
export * from './collect.js';
export { connectRedis, redisOptions, withoutSecrets } from './connection.js';
export * from './coordinate.js';
export * from './coordinator.js';
export * from './demonstration.js';
export * from './description.js';
export * from './entry-player.js';
export * from './envelope.js';
export * from './evaluate.js';
export * from './identity.js';
export * from './metrics.js';
export * from './open-row.js';
export * from './row-queue.js';
export * from './row-work.js';
export * from './store.js';
export * from './worker.js';
export * from './worker-report.js';
