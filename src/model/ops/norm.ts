/** Normalisation over the last axis. */
import * as tf from '@tensorflow/tfjs';

/** LayerNorm of [rows, size] with scale and shift [size]. */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor, shift: tf.Tensor, epsilon: number): tf.Tensor2D {
  const centred: tf.Tensor2D = tf.sub(x, tf.mean(x, 1, true));
  const variance = tf.mean(tf.square(centred), 1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), scale), shift);
}

/** RMSNorm of [rows, size] with scale [size]. */
export function rmsNorm(x: tf.Tensor2D, scale: tf.Tensor, epsilon: number): tf.Tensor2D {
  const power = tf.mean(tf.square(x), 1, true);
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(power, epsilon))), scale);
}
