/** Episode records: written as an episode is played, read, verified, shown. See docs/records.md. */
export { resetLink, stepLink } from './chain.js';
export * from './episode-recorder.js';
export * from './episode-video.js';
export * from './episode-writer.js';
export { type Ffmpeg, findFfmpeg } from './ffmpeg.js';
export type { OverlayPlacement } from './overlay.js';
export * from './picture-strip.js';
export * from './provenance.js';
export * from './reader.js';
export * from './record-schema.js';
export * from './recorded-env.js';
export * from './render-video.js';
export type { Difference } from './replay-episode.js';
export * from './run-folder.js';
export * from './verify.js';
export * from './video-recorder.js';
