/** The reinforcement-learning expert: gives demonstrations, labels what other policies meet, and plays itself. */
export { Expert, type ExpertDecision, indexOfHighest } from './expert.js';
export { type ExpertConfig, type Preprocessing, readExpertConfig } from './config.js';
export { createExpertPolicy, expertPolicy } from '../players/expert.js';
export { type ImportOptions, importZip } from './import-zip.js';
export { ObservationHistory, type PictureStack } from './observation-history.js';
export { type Picture, preprocessFrame } from './preprocessing.js';
export * from './teacher/index.js';
