/**
 * Rotary position embedding: each pair of a head's values (i and i + size / 2, as in LLaMA) is turned by an angle that
 * grows with the token's position.
 */
import * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import type { RopeFrequencies } from '../config/index.js';
import { defineOperation, rollLastAxis, runKernel } from './kernel.js';

/** Factors for every token and value of a head; the sign of the turn's first half is in `sine`. */
export interface Rotation {
  /** [batch, 1, tokens, size] */
  readonly cosine: tf.Tensor4D;
  readonly sine: tf.Tensor4D;
}

/** The rotation of tokens at `positions` (batch · tokens of them, row by row). */
export function rotationFor(positions: ArrayLike<number>, batch: number, frequencies: RopeFrequencies): Rotation {
  const { inverse, attentionFactor } = frequencies;
  const half = inverse.length;
  const cosine = new Float32Array(positions.length * 2 * half);
  const sine = new Float32Array(cosine.length);
  for (let token = 0; token < positions.length; token++) {
    const start = token * 2 * half;
    for (let i = 0; i < half; i++) {
      // Rounded to float32 as the reference does: its angles are float32 products.
      const angle = Math.fround((positions[token] as number) * Math.fround(inverse[i] as number));
      const cos = Math.cos(angle) * attentionFactor;
      const sin = Math.sin(angle) * attentionFactor;
      cosine[start + i] = cos;
      cosine[start + half + i] = cos;
      sine[start + i] = -sin;
      sine[start + half + i] = sin;
    }
  }
  const shape: [number, number, number, number] = [batch, 1, positions.length / batch, 2 * half];
  return { cosine: tf.tensor4d(cosine, shape), sine: tf.tensor4d(sine, shape) };
}

/** With the halves of x exchanged, x·cosine + exchanged·sine; exchanging twice changes nothing. */
const turn = defineOperation<'x' | 'cosine' | 'sine', object>(['x', 'cosine', 'sine'], {
  name: 'RotaryEmbedding',
  forward: ({ x, cosine, sine }) => {
    const exchanged = rollLastAxis(x, (x.shape.at(-1) as number) / 2);
    return runKernel('AddV2', runKernel('Mul', x, cosine), runKernel('Mul', exchanged, sine));
  },
  gradients: (upstream, { cosine, sine }) => ({
    x: () => {
      const exchanged = rollLastAxis(runKernel('Mul', upstream, sine), (upstream.shape.at(-1) as number) / 2);
      return runKernel('AddV2', runKernel('Mul', upstream, cosine), exchanged);
    },
    cosine: notLearnt,
    sine: notLearnt,
  }),
});

function notLearnt(): never {
  throw new AgentError('internal', 'positions are not learnt');
}

/** Turns heads [batch, heads, tokens, size]. */
export function rotate(x: tf.Tensor4D, { cosine, sine }: Rotation): tf.Tensor4D {
  return turn({ x, cosine, sine }, {}) as tf.Tensor4D;
}
