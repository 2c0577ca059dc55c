/** Recorded episodes as people see them: videos, videos side by side, strips of pictures. See docs/records.md. */
export type { OverlayPlacement } from './captioned-frame.js';
export type { ViewFactory } from './captions.js';
export * from './comparison-video.js';
export { VideoEncoder } from './encoder.js';
export * from './episode-video.js';
export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export { decisionsOf, type NamedRecord, requireSameStart } from './lockstep.js';
export * from './picture-strip.js';
export * from './recorder.js';
export * from './render.js';
export { viewOfRecord } from './view-of-record.js';
