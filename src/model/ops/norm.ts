/** Normalisation over the last axis, as one operation each with its gradient in closed form. */
import * as tf from '@tensorflow/tfjs';
import { defineOperation, lastAxisMean, runKernel } from './kernel.js';

interface NormAttributes {
  readonly epsilon: number;
}

/** 1 / sqrt(mean(x²) + ε) of each row, [rows, 1]. */
function inverseRoot(x: tf.Tensor, epsilon: number): tf.Tensor {
  const power = lastAxisMean(runKernel('Square', x));
  return runKernel('Rsqrt', runKernel('AddV2', power, tf.scalar(epsilon)));
}

function centre(x: tf.Tensor): tf.Tensor {
  return runKernel('Sub', x, lastAxisMean(x));
}

const rms = defineOperation<'x' | 'scale', NormAttributes>(['x', 'scale'], {
  name: 'RmsNorm',
  forward: ({ x, scale }, { epsilon }) => runKernel('Mul', runKernel('Mul', x, inverseRoot(x, epsilon)), scale),
  gradients: (upstream, { x, scale }, { epsilon }) => {
    const inverse = inverseRoot(x, epsilon);
    const normal = runKernel('Mul', x, inverse);
    return {
      // y = n·scale with n = x·r: the part of the slope along n changes only the length, which n has not.
      x: () => {
        const slope = runKernel('Mul', upstream, scale);
        const along = runKernel('Mul', normal, lastAxisMean(runKernel('Mul', slope, normal)));
        return runKernel('Mul', runKernel('Sub', slope, along), inverse);
      },
      scale: () => tf.sum(runKernel('Mul', upstream, normal), 0),
    };
  },
});

const layer = defineOperation<'x' | 'scale' | 'shift', NormAttributes>(['x', 'scale', 'shift'], {
  name: 'LayerNorm',
  forward: ({ x, scale, shift }, { epsilon }) => {
    const centred = centre(x);
    const normal = runKernel('Mul', centred, inverseRoot(centred, epsilon));
    return runKernel('AddV2', runKernel('Mul', normal, scale), shift);
  },
  gradients: (upstream, { x, scale }, { epsilon }) => {
    const centred = centre(x);
    const inverse = inverseRoot(centred, epsilon);
    const normal = runKernel('Mul', centred, inverse);
    return {
      // As above, and neither does a common offset change what is normalised.
      x: () => {
        const slope = runKernel('Mul', upstream, scale);
        const along = runKernel('Mul', normal, lastAxisMean(runKernel('Mul', slope, normal)));
        return runKernel('Mul', runKernel('Sub', centre(slope), along), inverse);
      },
      scale: () => tf.sum(runKernel('Mul', upstream, normal), 0),
      shift: () => tf.sum(upstream, 0),
    };
  },
});

/** LayerNorm of [rows, size] with scale and shift [size]. */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor, shift: tf.Tensor, epsilon: number): tf.Tensor2D {
  return layer({ x, scale, shift }, { epsilon }) as tf.Tensor2D;
}

/** RMSNorm of [rows, size] with scale [size]. */
export function rmsNorm(x: tf.Tensor2D, scale: tf.Tensor, epsilon: number): tf.Tensor2D {
  return rms({ x, scale }, { epsilon }) as tf.Tensor2D;
}
