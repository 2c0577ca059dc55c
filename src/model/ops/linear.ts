/** Products with a weight matrix. */
import * as tf from '@tensorflow/tfjs';
import { defineOperation, runMatMul } from './kernel.js';

/** tfjs's own matMul always takes the kernel for batches, which is slower for single matrices. */
const matrixProduct = defineOperation<'a' | 'b', { transposeB: boolean }>(['a', 'b'], {
  name: 'MatrixProduct',
  forward: ({ a, b }, { transposeB }) => runMatMul(a, b, false, transposeB),
  gradients: (upstream, { a, b }, { transposeB }) => ({
    a: () => runMatMul(upstream, b, false, !transposeB),
    b: () => (transposeB ? runMatMul(upstream, a, true, false) : runMatMul(a, upstream, true, false)),
  }),
});

/** x [rows, in] times kernel [in, out], plus bias [out] where there is one. */
export function linear(x: tf.Tensor2D, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor2D {
  const product = matrixProduct({ a: x, b: kernel }, { transposeB: false }) as tf.Tensor2D;
  return bias ? tf.add(product, bias) : product;
}

/** x [rows, in] times the transpose of a matrix [out, in]. */
export function linearTransposed(x: tf.Tensor2D, matrix: tf.Tensor): tf.Tensor2D {
  return matrixProduct({ a: x, b: matrix }, { transposeB: true }) as tf.Tensor2D;
}
