/** The operations that the networks are made of. */
export { activate } from './activation.js';
export { attend, attendFromTails, type Visible } from './attend.js';
export { attention, mergeHeads, splitHeads } from './attention.js';
export { crossEntropy, type Labels, labelsOf, type Target } from './cross-entropy.js';
export { canFuse, type FusedLayer, type FusedResult, fusedLayer } from './fused-layer.js';
export { gatherRows, gatherTokens } from './gather.js';
export { linear, linearTransposed } from './linear.js';
export { layerNorm, rmsNorm } from './norm.js';
export { type Rotation, rotate, rotationFor } from './rotary.js';
