/** Training of the network. */
export { ADAMW_DEFAULTS, AdamW, type AdamWSettings } from './adamw.js';
export { EncoderMemory, type NamedPictures } from './encoder-memory.js';
export { type Gradients, gradientsOf } from './gradients.js';
export { drawLines } from './line-picture.js';
export { lossAndGradients, lossOf } from './loss.js';
export type { TrainingBatch } from './prepared-batch.js';
export { type SaveOptions, saveModel, writeConfig } from './save-model.js';
export { learningRateAt, type Schedule } from './schedule.js';
export type { TrainingRow, WeightedToken } from './targets.js';
export { type StepReport, Trainer, type TrainerSettings } from './trainer.js';
export { TrainingCurve } from './training-curve.js';
export { type Resumable, resumeTraining, saveTraining } from './training-state.js';
