/** The loss that training makes small, and its gradients. */
import * as tf from '@tensorflow/tfjs';
import type { Network } from '../network/network.js';
import type { Part } from '../network/parameter-specs.js';
import { crossEntropy } from '../ops/index.js';
import { type AnsweredPrompt, layOutAnswers } from '../sequence/answers.js';

/** Some prompts with the answers that are right, and their pictures. */
export interface TrainingBatch {
  readonly rows: readonly AnsweredPrompt[];
  /** Normalised pictures in the order of their places, [pictures, side, side, 3] row by row; null without pictures. */
  readonly pixels: Float32Array | null;
}

export interface LossAndGradients {
  /** Mean cross entropy of an answer token, in nats. */
  readonly loss: number;
  /** Answer tokens that the mean is over. */
  readonly tokens: number;
  /** Gradients of the mean by parameter name; of frozen and unused parameters there are none. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Computes the loss of a batch, and its gradient for every parameter of the parts that learn. */
export async function lossAndGradients(
  network: Network,
  batch: TrainingBatch,
  learning: ReadonlySet<Part>,
): Promise<LossAndGradients> {
  const specs = network.parameters.specs.filter(({ part }) => learning.has(part));
  const names = new Map(specs.map(({ name }) => [network.parameters.get(name).name, name]));
  const { value, grads } = tf.variableGrads(
    () => batchLoss(network, batch),
    specs.map(({ name }) => network.parameters.get(name)),
  );
  const gradients = new Map<string, Float32Array>();
  for (const [variable, gradient] of Object.entries(grads)) {
    gradients.set(names.get(variable) as string, await gradient.data<'float32'>());
  }
  const [loss] = await value.data<'float32'>();
  tf.dispose([value, ...Object.values(grads)]);
  return { loss: loss as number, tokens: tokensOf(batch), gradients };
}

/** The loss of a batch, without gradients. */
export async function lossOf(network: Network, batch: TrainingBatch): Promise<number> {
  const value = tf.tidy(() => batchLoss(network, batch));
  const [loss] = await value.data<'float32'>();
  value.dispose();
  return loss as number;
}

function batchLoss(network: Network, { rows, pixels }: TrainingBatch): tf.Scalar {
  const { layout, hiddenRows, readings } = layOutAnswers(rows);
  const { hidden } = network.run(layout, pixels && features(network, pixels));
  return crossEntropy(network.logits(hidden, hiddenRows), readings.flat(2));
}

function features(network: Network, pixels: Float32Array): tf.Tensor2D {
  const side = network.image.vision.imageSize;
  return network.features(tf.tensor4d(pixels, [pixels.length / (side * side * 3), side, side, 3]));
}

function tokensOf({ rows }: TrainingBatch): number {
  return rows.reduce((sum, { answers }) => answers.reduce((own, answer) => own + answer.length, sum), 0);
}
