/** The loss that training makes small, and its gradients. */
import * as tf from '@tensorflow/tfjs';
import type { Network } from '../network/network.js';
import type { Part } from '../network/parameter-specs.js';
import { crossEntropy } from '../ops/index.js';
import { layOutAnswers } from '../sequence/answers.js';
import type { BatchLayout } from '../sequence/layout.js';
import { type Gradients, gradientsOf } from './gradients.js';
import { type BatchTargets, type TrainingRow, targetsOf } from './targets.js';

/** Some prompts with the answers that are right, and their pictures. */
export interface TrainingBatch {
  readonly rows: readonly TrainingRow[];
  /** Normalised pictures in the order of their places, [pictures, side, side, 3] row by row; null without pictures. */
  readonly pixels: Float32Array | null;
}

/** The loss is the mean cross entropy of an answer token, in nats. */
export interface LossAndGradients extends Gradients {
  /** Answer tokens that the mean is over, each counted by its weight. */
  readonly tokens: number;
}

/** Computes the loss of a batch, and its gradient for every parameter of the parts that learn. */
export async function lossAndGradients(
  network: Network,
  batch: TrainingBatch,
  learning: ReadonlySet<Part>,
): Promise<LossAndGradients> {
  const plan = planOf(batch);
  const found = await gradientsOf(network.parameters, learning, () => batchLoss(network, batch, plan));
  return { ...found, tokens: plan.total };
}

/** The loss of a batch, without gradients. */
export async function lossOf(network: Network, batch: TrainingBatch): Promise<number> {
  const value = tf.tidy(() => batchLoss(network, batch, planOf(batch)));
  const [loss] = await value.data<'float32'>();
  value.dispose();
  return loss as number;
}

/** Everything of a batch that is known before anything is computed. */
interface LossPlan extends BatchTargets {
  readonly layout: BatchLayout;
}

function planOf({ rows }: TrainingBatch): LossPlan {
  const answers = layOutAnswers(rows);
  return { layout: answers.layout, ...targetsOf(rows, answers) };
}

function batchLoss(network: Network, { pixels }: TrainingBatch, { layout, hiddenRows, targets }: LossPlan): tf.Scalar {
  const { hidden } = network.run(layout, pixels && features(network, pixels));
  return crossEntropy(network.logits(hidden, hiddenRows), targets);
}

function features(network: Network, pixels: Float32Array): tf.Tensor2D {
  const side = network.image.vision.imageSize;
  return network.features(tf.tensor4d(pixels, [pixels.length / (side * side * 3), side, side, 3]));
}
