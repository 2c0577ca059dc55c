/** Views of tensors of four axes. */
import * as tf from '@tensorflow/tfjs';

export type Shape4D = [number, number, number, number];

/** Read as `shape`, with its two middle axes exchanged. */
export function exchange(x: tf.Tensor4D, shape: Shape4D): tf.Tensor4D {
  const isPlain = shape[1] === 1 || shape[2] === 1;
  return isPlain ? x : tf.transpose(reshape(x, shape), [0, 2, 1, 3]);
}

export function reshape(x: tf.Tensor4D, shape: Shape4D): tf.Tensor4D {
  return x.shape.every((length, axis) => length === shape[axis]) ? x : tf.reshape<tf.Rank.R4>(x, shape);
}
