/** Episode records: written as an episode is played, and read. See docs/records.md. */
export { RecordAudit } from './audit.js';
export { resetLink, stepLink } from './chain.js';
export type { Difference } from './difference.js';
export { LineCounts } from './line-counts.js';
export { type LiveFrame, readLiveFrame } from './live-frame.js';
export * from './provenance.js';
export * from './reader.js';
export * from './recorder.js';
export * from './run-folder.js';
export * from './schema.js';
export * from './seal.js';
export { addStep, startTally, type Tally } from './tally.js';
export * from './writer.js';
