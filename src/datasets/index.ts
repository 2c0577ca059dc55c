/** Demonstrations: collecting them, and reading them at random for training. See docs/datasets.md. */

export { nativeCard } from './card.js';
export { checkDataset, type DatasetCheck } from './check.js';
export { type CollectOptions, type CollectProgress, type CollectResult, collect } from './collect.js';
export { Dataset } from './dataset.js';
export { type ExportOptions, exportLeRobot } from './export-lerobot.js';
export type { FrameShape } from './frame-codec.js';
export { makePictureSheet } from './picture-sheet.js';
export { type DatasetDescription, type DatasetEpisode, type DatasetStep, type Split, splitOf } from './schema.js';
export { type DatasetSummary, formatSummary, summarise } from './summary.js';
