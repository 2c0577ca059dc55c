/** What config.json says about a network. */
export type { Activation } from './activation.js';
export { type ImageConfig, type ModelConfig, parseModelConfig, readModelConfig } from './model-config.js';
export { type RopeConfig, type RopeFrequencies, ropeFrequencies } from './rope.js';
export type { TextConfig } from './text-config.js';
export type { VisionConfig } from './vision-config.js';
