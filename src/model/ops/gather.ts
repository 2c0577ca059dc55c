/** Rows of a matrix by their numbers. */
import type * as tf from '@tensorflow/tfjs';
import { AgentError } from '../../core/errors.js';
import { defineOperation, runGather, runUnsortedSegmentSum } from './kernel.js';

/** tfjs's own gather reads the numbers back to the host to check them; TensorFlow refuses those that are too large. */
const gather = defineOperation<'matrix' | 'rows', object>(['matrix', 'rows'], {
  name: 'GatherRows',
  forward: ({ matrix, rows }) => runGather(matrix, rows),
  gradients: (upstream, { matrix, rows }) => ({
    matrix: () => runUnsortedSegmentSum(upstream, rows, matrix.shape[0] as number),
    rows: () => {
      throw new AgentError('internal', 'numbers of rows are not learnt');
    },
  }),
});

/** Rows of a matrix [height, width]: numbers [rows] of type int32 → [rows, width]. */
export function gatherRows(matrix: tf.Tensor, rows: tf.Tensor): tf.Tensor2D {
  return gather({ matrix, rows }, {}) as tf.Tensor2D;
}

const gatherThird = defineOperation<'x' | 'tokens', object>(['x', 'tokens'], {
  name: 'GatherTokens',
  forward: ({ x, tokens }) => runGather(x, tokens, 2),
  gradients: () => {
    throw new AgentError(
      'internal',
      'chosen tokens have no gradient: training takes the ends of branches (attendFromTails)',
    );
  },
});

/**
 * Some tokens of [batch, heads, tokens, size]: numbers [chosen] of type int32 → [batch, heads, chosen, size]. For
 * inference.
 */
export function gatherTokens(x: tf.Tensor4D, tokens: tf.Tensor): tf.Tensor4D {
  return gatherThird({ x, tokens }, {}) as tf.Tensor4D;
}
