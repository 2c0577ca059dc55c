/** Cross entropy of chosen tokens. */
import * as tf from '@tensorflow/tfjs';
import { runKernelMany } from './kernel.js';

/** A row of logits and a token that is right there. A row may have several, which share it by their weights. */
export interface Target {
  readonly row: number;
  readonly token: number;
  /** How much it counts, not negative. */
  readonly weight: number;
}

/** Targets as tensors: what is right in each row of logits, and the row's share of the mean. */
export type Labels = {
  /** A distribution a row, [rows, vocabulary]. */
  readonly labels: tf.Tensor2D;
  /** [rows]; 1 in all. */
  readonly shares: tf.Tensor1D;
};

/** Brings targets into the shape that the loss wants. */
export function labelsOf(targets: readonly Target[], rows: number, vocabulary: number): Labels {
  const weights = new Float32Array(rows);
  let total = 0;
  for (const { row, weight } of targets) {
    weights[row] = (weights[row] as number) + weight;
    total += weight;
  }
  // Each row of labels is a distribution, as the kernel's gradient wants it; the row's share makes up for it.
  const labels = new Float32Array(rows * vocabulary);
  for (const { row, token, weight } of targets) {
    const place = row * vocabulary + token;
    if (weight > 0) labels[place] = (labels[place] as number) + weight / (weights[row] as number);
  }
  return {
    labels: tf.tensor2d(labels, [rows, vocabulary]),
    shares: tf.tensor1d(weights.map((weight) => weight / total)),
  };
}

/** Σ weight · −log softmax(logits)[row, token] / Σ weight over the targets, for logits [rows, vocabulary]. */
export function crossEntropy(logits: tf.Tensor2D, { labels, shares }: Labels): tf.Scalar {
  return tf.sum(tf.mul(softmaxCrossEntropy(logits, labels), shares));
}

/** TensorFlow's kernel computes the loss and its gradient together. */
function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Tensor1D {
  const compute = tf.customGrad((x, save) => {
    const [loss, slope] = runKernelMany('SoftmaxCrossEntropyWithLogits', [x as tf.Tensor, labels], 2) as [
      tf.Tensor,
      tf.Tensor,
    ];
    (save as tf.GradSaveFunc)([slope]);
    return {
      value: loss,
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(upstream, 1), saved[0] as tf.Tensor),
    };
  });
  return compute(logits) as tf.Tensor1D;
}
