/**
 * The reinforcement-learning expert: its network and exact preprocessing; and the scripted teachers. See
 * docs/experts.md.
 */
export type { Picture } from './area-resize.js';
export { type ExpertConfig, type Preprocessing, readExpertConfig } from './config.js';
export { Expert, type ExpertDecision, indexOfHighest } from './expert.js';
export { type ImportOptions, importZip } from './import-zip.js';
export { ObservationHistory, type PictureStack } from './observation-history.js';
export { preprocessFrame } from './preprocessing.js';
export * from './teacher/index.js';
