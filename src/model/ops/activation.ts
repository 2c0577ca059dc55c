/** Activation functions, element by element. */
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config/index.js';

/** Applies the activation that a checkpoint names. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  switch (activation) {
    case 'relu':
      return tf.relu(x);
    case 'silu':
      return tf.mul(x, tf.sigmoid(x));
    case 'quick_gelu':
      return tf.mul(x, tf.sigmoid(tf.mul(x, 1.702)));
    case 'gelu':
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
    case 'gelu_new':
    case 'gelu_pytorch_tanh':
      return tanhGelu(x);
  }
}

/** The approximation of GELU by a hyperbolic tangent. */
function tanhGelu<T extends tf.Tensor>(x: T): T {
  const cubic: T = tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715));
  const inner: T = tf.mul(cubic, Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}
