/** Pixel value prediction: pre-training in three stages, reconstruction of pictures, and their error. */

export { type Colour, type Place, parseColour } from '../tasks/pixels.js';
export { type Answerer, type AnswerOptions, answerPixels } from './answer-pixels.js';
export { answerBox } from './answer-text.js';
export { FeatureReadout } from './feature-readout.js';
export { type HeldOutOptions, heldOutErrors, type KindErrors } from './held-out.js';
export type { Validation } from './held-out-log.js';
export { type LanguageAccuracy, languageAccuracy } from './language-accuracy.js';
export { loadAnswerer } from './load-answerer.js';
export {
  addErrors,
  channelErrors,
  compareFrames,
  meanAbsoluteError,
  NO_ERRORS,
  type PixelErrors,
  signalToNoise,
} from './picture-error.js';
export { type Labelled, writeGrid } from './picture-grid.js';
export { openPictures, PICTURE_KINDS, type PictureKind, Pictures } from './pictures.js';
export { type Recipe, readRecipe, type Stage, stageAt, totalSteps, withFrozenEncoder } from './recipe.js';
export { atModelSize, type Reconstruction, reconstruct, UNPARSED_COLOUR } from './reconstruct.js';
export { type RunOptions, type RunWatcher, runTraining } from './run.js';
export { startOf } from './start-of.js';
