/** Demonstrations: collecting them, and reading them at random for training. See docs/datasets.md. */

export { askedAlone } from './asked-alone.js';
export { nativeCard } from './card.js';
export { checkDataset, type DatasetCheck } from './check.js';
export { collect } from './collect.js';
export { CollectingPolicy, type Label, noiseOf } from './collecting-policy.js';
export type {
  CollectElsewhere,
  CollectFailure,
  Collection,
  CollectOptions,
  CollectProgress,
  CollectResult,
} from './collection.js';
export { compareDatasets, type DatasetDifference, formatDifference } from './compare.js';
export { Dataset } from './dataset.js';
export { datasetName, hashDataset } from './dataset-name.js';
export type { LabelledStep, PlayedEpisode } from './episode-content.js';
export { EpisodeGatherer } from './episode-gatherer.js';
export { type ChatOptions, exportChat } from './exchange/export-chat.js';
export { exportHuggingFace } from './exchange/export-hf.js';
export { exportLeRobot, type LeRobotOptions } from './exchange/export-lerobot.js';
export { exportMinari } from './exchange/export-minari.js';
export type { ExportOptions } from './exchange/export-options.js';
export {
  IMPORT_FORMATS,
  type ImportDatasetOptions,
  type ImportFormat,
  type ImportResult,
  importDataset,
} from './exchange/import-dataset.js';
export { type ImportRecordsOptions, importRecords } from './exchange/import-records.js';
export { requireFits, requireTrainable } from './exchange/requirements.js';
export { decodeFrame, encodeFrame, type FrameShape } from './frame-codec.js';
export { makePictureSheet } from './picture-sheet.js';
export { type RelabelOptions, type RelabelResult, relabel } from './relabel.js';
export { type DatasetDescription, type DatasetEpisode, type DatasetStep, type Split, splitOf } from './schema.js';
export { type DatasetSummary, formatSummary, summarise } from './summary.js';
