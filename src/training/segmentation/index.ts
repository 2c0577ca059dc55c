/** Referring segmentation: what it is trained and asked on, and how. See docs/segmentation.md. */
export { cumulativeIou, iouOf, meanIou, precisionAt } from './overlap.js';
export { readSegmentationRecipe, type SegmentationRecipe } from './recipe.js';
export type { Referring, ReferringSet } from './referring-set.js';
export { type SegmentationWatcher, trainSegmentation } from './run.js';
export { type Segmented, segment } from './segment.js';
export { type OpenSetOptions, openReferringSet, SET_NAMES } from './sets/open.js';
export { requireMaskTokens } from './tools.js';
