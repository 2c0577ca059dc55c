/** Grids of trainings and evaluations. See docs/experiments.md. */
export { type ExperimentConfig, experimentNames, loadExperiment } from './config.js';
export type { Job } from './plan.js';
export type { JobResult } from './played.js';
export {
  type ExperimentProgress,
  type ExperimentResult,
  type ExperimentWatcher,
  type FailedJob,
  PICTURES,
  runExperiment,
  TABLE_FILE,
} from './run.js';
export type { ExperimentTable } from './table-schema.js';
