/** Episode records: written as an episode is played, read, verified, shown. See docs/records.md. */

export { RecordAudit } from '../record/audit.js';
export type { OverlayPlacement } from '../video/captioned-frame.js';
export type { ViewFactory } from '../video/captions.js';
export { resetLink, stepLink } from '../record/chain.js';
export { decisionsOf, type NamedRecord } from '../video/lockstep.js';
export * from '../video/comparison-video.js';
export type { Difference } from './difference.js';
export * from './divergence.js';
export * from '../record/recorder.js';
export * from '../video/episode-video.js';
export * from '../record/writer.js';
export { type Ffmpeg, findFfmpeg } from '../video/ffmpeg.js';
export * from '../video/picture-strip.js';
export * from '../record/provenance.js';
export * from '../record/reader.js';
export * from '../record/schema.js';
export * from './recorded-env.js';
export * from '../video/render.js';
export { isDecision } from './episode.js';
export * from './steps.js';
export * from '../record/run-folder.js';
export * from '../record/seal.js';
export { addStep, startTally, type Tally } from '../record/tally.js';
export * from './verify.js';
export * from '../video/recorder.js';
