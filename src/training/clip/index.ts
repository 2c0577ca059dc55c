/** Contrastive image-text training: a small CLIP, the encoder that PAE-LaMM and its baseline begin with. */
export { type ClipInput, encodeSamples, encodeText } from './clip-batches.js';
export { type ClipConfig, readClipConfig } from './clip-config.js';
export { ClipNetwork } from './clip-network.js';
export { type ClipRecipe, readClipRecipe } from './clip-recipe.js';
export { measureRetrieval, type Retrieval } from './retrieval.js';
export { type ClipRunOptions, type ClipRunResult, type ClipRunWatcher, trainClip } from './train-clip.js';
