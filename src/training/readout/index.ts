/** What can be read in a vision encoder's features: the measure of an encoder by itself. See docs/training-data.md. */
export { type Encoder, encoderOf, loadEncoder } from './encoder.js';
export { type FeatureRow, measureFeatures } from './measure-features.js';
export { measureReadout, type Readout, type ReadoutOptions, type ReadoutRow } from './readout.js';
