/** Products with a weight matrix. */
import * as tf from '@tensorflow/tfjs';

/** x [rows, in] times kernel [in, out], plus bias [out] where there is one. */
export function linear(x: tf.Tensor2D, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const product: tf.Tensor2D = tf.matMul(x, kernel as tf.Tensor2D);
  return bias ? tf.add(product, bias) : product;
}
