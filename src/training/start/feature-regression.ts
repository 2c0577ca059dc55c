/** Least squares from an encoder's features of patches, and a constant one, to whatever is told of each patch. */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import { solveRidge } from './least-squares.js';
import { patchFeatures, stackPictures } from './patch-features.js';

/** Pictures that go through the encoder at once. */
const BATCH = 16;
/** Of the squared features; keeps the map from leaning on what is only noise. */
const PENALTY = 1e-4;

export interface FeatureRegression {
  /** [inputs · outputs]; the last of the inputs is the constant. */
  readonly weights: Float64Array;
  /** Features and the constant. */
  readonly inputs: number;
  /** Products of inputs and outputs, summed over all patches: [inputs · outputs]. */
  readonly cross: Float64Array;
}

/**
 * Fits the map on pictures of the encoder's size.
 * @param targetsOf what is told of the patches of some pictures, [pictures · patches, outputs].
 * @param seen is given these values, batch by batch.
 */
export function fitFeatures(
  network: Network,
  processing: ImageProcessing,
  pictures: readonly Frame[],
  targetsOf: (batch: readonly Frame[]) => tf.Tensor2D,
  seen?: (targets: Float32Array) => void,
): FeatureRegression {
  let [gram, cross, rows] = [new Float64Array(), new Float64Array(), 0];
  for (let first = 0; first < pictures.length; first += BATCH) {
    const batch = pictures.slice(first, first + BATCH);
    tf.tidy(() => {
      const features = featuresWithOne(batch, network, processing);
      const targets = targetsOf(batch);
      gram = addTo(gram, tf.matMul(features, features, true).dataSync<'float32'>());
      cross = addTo(cross, tf.matMul(features, targets, true).dataSync<'float32'>());
      rows += features.shape[0];
      seen?.(targets.dataSync<'float32'>());
    });
  }
  const inputs = Math.sqrt(gram.length);
  return { weights: solveRidge(gram, cross, { inputs, rows, penalty: PENALTY }), inputs, cross };
}

/** What the map is applied to: [pictures · patches, features + 1]. */
export function featuresWithOne(
  pictures: readonly Frame[],
  network: Network,
  processing: ImageProcessing,
): tf.Tensor2D {
  const pixels = pictures.map((picture) => preprocess(picture, processing).data);
  const features = patchFeatures(stackPictures(pixels, network.image.vision.imageSize), network);
  return tf.concat2d([features, tf.ones([features.shape[0], 1])], 1);
}

function addTo(sum: Float64Array<ArrayBuffer>, values: Float32Array): Float64Array<ArrayBuffer> {
  if (sum.length === 0) return Float64Array.from(values);
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
  return sum;
}
