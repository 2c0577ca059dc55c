/** PAE-LaMM: the vision-language model, its checkpoints and the TensorFlow it runs on. */
export * from './checkpoint/index.js';
export { type ModelConfig, parseModelConfig, readModelConfig } from './config/index.js';
export { findModel, findModelAs } from './find-model.js';
export { describeModel, hashModel, listModels, type ModelSummary } from './folder.js';
export { decodePicture, fitPicture, preprocess, readImageProcessing, readPicture } from './image/index.js';
export type { Filled, Template, TemplatePart } from './inference/fill.js';
export type { Prompt } from './inference/prompt.js';
/** @internal */
export { Network } from './network/network.js';
export { NO_CHAT_TEMPLATE, questionPrompt } from './question-prompt.js';
export { describeRuntime, prepareTensorFlow } from './runtime/load-tensorflow.js';
export type { RuntimeOptions } from './runtime/options.js';
export type { Message, MessagePart } from './text/index.js';
export { type Generated, type GenerateOptions, VisionLanguageModel } from './vision-language-model.js';
