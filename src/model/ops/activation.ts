/** Activation functions, element by element. */
import * as tf from '@tensorflow/tfjs';
import type { Activation } from '../config/index.js';
import { defineOperation, runKernel } from './kernel.js';

/** x · sigmoid(steepness · x) */
const swish = defineOperation<'x', { steepness: number }>(['x'], {
  name: 'Swish',
  forward: ({ x }, { steepness }) => runKernel('Mul', x, gate(x, steepness)),
  gradients: (upstream, { x }, { steepness }) => ({
    x: () => {
      const open = gate(x, steepness);
      const ofGate = runKernel('SigmoidGrad', open, runKernel('Mul', upstream, x));
      return runKernel('AddV2', runKernel('Mul', upstream, open), steepen(ofGate, steepness));
    },
  }),
});

function gate(x: tf.Tensor, steepness: number): tf.Tensor {
  return runKernel('Sigmoid', steepen(x, steepness));
}

function steepen(x: tf.Tensor, steepness: number): tf.Tensor {
  return steepness === 1 ? x : runKernel('Mul', x, tf.scalar(steepness));
}

/** tfjs makes six operations of the gradient of `relu`; TensorFlow has one. */
const rectify = defineOperation<'x', object>(['x'], {
  name: 'Rectify',
  forward: ({ x }) => runKernel('Relu', x),
  gradients: (upstream, { x }) => ({ x: () => runKernel('ReluGrad', upstream, x) }),
});

/** Applies the activation that a checkpoint names. */
export function activate<T extends tf.Tensor>(x: T, activation: Activation): T {
  switch (activation) {
    case 'relu':
      return rectify({ x }, {}) as T;
    case 'silu':
      return swish({ x }, { steepness: 1 }) as T;
    case 'quick_gelu':
      return swish({ x }, { steepness: 1.702 }) as T;
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
