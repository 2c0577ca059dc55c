/** What a vision encoder tells of each patch. */
import * as tf from '@tensorflow/tfjs';
import type { Network } from '../../model/network/network.js';
import { hiddenStates } from '../../model/network/vision-tower.js';

/** Pictures of one square size, [pictures, side, side, 3]. */
export function stackPictures(pixels: readonly Float32Array[], side: number): tf.Tensor4D {
  return tf.stack(pixels.map((data) => tf.tensor3d(data, [side, side, 3]))) as tf.Tensor4D;
}

/**
 * The features that the projector reads, of patches alone: [pictures · patches, features].
 * @param pixels [pictures, side, side, 3], normalised.
 */
export function patchFeatures(pixels: tf.Tensor4D, { image, parameters }: Network): tf.Tensor2D {
  const { vision, featureLayers } = image;
  const states = hiddenStates(pixels, parameters, vision, Math.max(...featureLayers));
  const chosen = featureLayers.map((layer) => states[layer] as tf.Tensor2D);
  const joined = tf.concat2d(chosen, 1);
  const [count, width] = [pixels.shape[0], joined.shape[1] as number];
  const tokens = joined.shape[0] / count;
  const patches = tf.slice(tf.reshape(joined, [count, tokens, width]), [0, 1, 0], [count, tokens - 1, width]);
  return tf.reshape(patches, [count * (tokens - 1), width]);
}
