/** Episode records: written as an episode is played, read, verified, shown. See docs/records.md. */

export { RecordAudit } from './audit.js';
export type { OverlayPlacement } from './captioned-frame.js';
export type { ViewFactory } from './captions.js';
export { resetLink, stepLink } from './chain.js';
export { decisionsOf, type NamedRecord } from './comparison.js';
export * from './comparison-video.js';
export type { Difference } from './difference.js';
export * from './divergence.js';
export * from './episode-recorder.js';
export * from './episode-video.js';
export * from './episode-writer.js';
export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export * from './picture-strip.js';
export * from './provenance.js';
export * from './reader.js';
export * from './record-schema.js';
export * from './recorded-env.js';
export * from './render-video.js';
export { isDecision } from './replay-episode.js';
export * from './replay-steps.js';
export * from './run-folder.js';
export * from './seal.js';
export { addStep, startTally, type Tally } from './tally.js';
export * from './verify.js';
export * from './video-recorder.js';
