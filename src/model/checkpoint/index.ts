/** Checkpoint files: safetensors in and out. */
export { expectTensors } from './expect-tensors.js';
export { type LoadedTensor, openSafetensors, type SafetensorsFile } from './safetensors.js';
export { type NamedTensor, type WriteOptions, writeSafetensors } from './safetensors-writer.js';
export { openCheckpoint } from './shards.js';
