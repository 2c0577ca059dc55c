/** TensorFlow for the models: loading it, and what was loaded. */
export { type CpuFeatures, readCpuFeatures } from './cpu-features.js';
export { GraphFunctions, recordsGradients } from './graph-functions.js';
export {
  describeRuntime,
  layersAreFused,
  loadTensorFlow,
  productPrecision,
  type RuntimeDescription,
} from './load-tensorflow.js';
export type { EventWriter, TensorFlow } from './native-binding.js';
export type { Device, Precision, RuntimeOptions } from './options.js';
