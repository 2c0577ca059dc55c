/** Contrastive image-text training: a small CLIP, the encoder that the models begin with. */
export { type ClipInput, encodeSamples, encodeText } from './batches.js';
export { type ClipConfig, readClipConfig } from './config.js';
export { ClipNetwork } from './network.js';
export { type ClipRecipe, readClipRecipe } from './recipe.js';
export { measureRetrieval, type Retrieval } from './retrieval.js';
export { type ClipRunOptions, type ClipRunResult, type ClipRunWatcher, trainClip } from './run.js';
