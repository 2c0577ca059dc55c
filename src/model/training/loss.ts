/**
 * The loss that training makes small, and its gradients. Both run as graph functions from the first batch on, so that a
 * resumed run rounds as the one that it continues.
 */
import * as tf from '@tensorflow/tfjs';
import { layoutKey, type Network } from '../network/network.js';
import type { Part } from '../network/parameter-specs.js';
import { crossEntropy, type Labels, labelsOf } from '../ops/index.js';
import { layOutAnswers } from '../sequence/answers.js';
import type { BatchLayout } from '../sequence/layout.js';
import { type Gradients, gradientsOf } from './gradients.js';
import { tailsFor } from './tails.js';
import { type TrainingRow, targetsOf } from './targets.js';

/** Lengths are rounded up to a multiple of this: texts of all lengths would each be traced. */
const STEP = 64;

/** Some prompts with the answers that are right, and their pictures. */
export interface TrainingBatch {
  readonly rows: readonly TrainingRow[];
  /** Normalised pictures in the order of their places, [pictures, side, side, 3] row by row; null without pictures. */
  readonly pixels: Float32Array | null;
  /** Which of the pictures each place for one shows, where several places show the same; by default each its own. */
  readonly shown?: readonly number[];
  /** Instead of rows, which are none then: what is right for the pictures' features. */
  readonly features?: FeatureTargets;
}

/** What the projected features of pictures should be. */
export interface FeatureTargets {
  /** [pictures · tokensPerImage · size]. */
  readonly values: Float32Array;
  /** What a deviation of 1 counts, [size]. */
  readonly weights: Float32Array;
}

/** The loss is the mean cross entropy of an answer token, in nats; of features the mean square of a token's weighted deviations. */
export interface LossAndGradients extends Gradients {
  /** Answer tokens that the mean is over, each counted by its weight; of features all. */
  readonly tokens: number;
}

/** Computes the loss of a batch, and its gradient for every parameter of the parts that learn. */
export async function lossAndGradients(
  network: Network,
  batch: TrainingBatch,
  learning: ReadonlySet<Part>,
): Promise<LossAndGradients> {
  if (batch.features) return featureLossAndGradients(network, batch.pixels, batch.features, learning);
  const { layout, inputs, total } = prepare(network, batch);
  const key = `gradients of ${[...learning].sort()}, ${layoutKey(layout)}`;
  const found = await gradientsOf(network.parameters, learning, (differentiate) =>
    network.graphs.run(key, inputs(), (given) => differentiate(() => batchLoss(network, layout, given)), 'first'),
  );
  return { ...found, tokens: total };
}

async function featureLossAndGradients(
  network: Network,
  pixels: Float32Array | null,
  { values, weights }: FeatureTargets,
  learning: ReadonlySet<Part>,
): Promise<LossAndGradients> {
  const { imageSize: side } = network.image.vision;
  const tokens = values.length / weights.length;
  const inputs = (): tf.NamedTensorMap => ({
    pixels: tf.tensor4d(pixels ?? [], [tokens / network.image.tokensPerImage, side, side, 3]),
    values: tf.tensor2d(values, [tokens, weights.length]),
    weights: tf.tensor1d(weights),
  });
  const lossOfFeatures = (given: tf.NamedTensorMap): tf.Scalar => {
    const deviations = tf.sub(network.features(given.pixels as tf.Tensor4D), given.values as tf.Tensor);
    return tf.mean(tf.sum(tf.square(tf.mul(deviations, given.weights as tf.Tensor)), 1)) as tf.Scalar;
  };
  const key = `gradients of features, ${[...learning].sort()}`;
  const found = await gradientsOf(network.parameters, learning, (differentiate) =>
    network.graphs.run(key, inputs(), (given) => differentiate(() => lossOfFeatures(given)), 'first'),
  );
  return { ...found, tokens };
}

/** The loss of a batch, without gradients. */
export async function lossOf(network: Network, batch: TrainingBatch): Promise<number> {
  const { layout, inputs } = prepare(network, batch);
  const [value] = tf.tidy(() =>
    network.graphs.run(`loss, ${layoutKey(layout)}`, inputs(), (given) => [batchLoss(network, layout, given)], 'first'),
  ) as [tf.Tensor];
  const [loss] = await value.data<'float32'>();
  value.dispose();
  return loss as number;
}

/** A batch as a layout and tensors. */
interface Prepared {
  readonly layout: BatchLayout;
  /** What the sum of weights is. */
  readonly total: number;
  /** Makes the tensors that `batchLoss` takes; the caller's `tf.tidy` drops them. */
  readonly inputs: () => tf.NamedTensorMap;
}

function prepare(network: Network, { rows, pixels, shown }: TrainingBatch): Prepared {
  const answers = layOutAnswers(rows, 0, STEP);
  const { layout } = answers;
  const { hiddenRows: needed, targets, total } = targetsOf(rows, answers);
  // Filled up with rows that have no share, for the same reason as the layout.
  const filled = new Array<number>(Math.ceil(needed.length / STEP) * STEP - needed.length).fill(0);
  const computed = tailsFor(layout, needed);
  const hiddenRows = [...computed.needed, ...filled];
  const { image, text } = network.config;
  const side = image?.vision.imageSize ?? 0;
  const pictures = pixels ? pixels.length / (side * side * 3) : 0;
  const inputs = (): tf.NamedTensorMap => ({
    ...network.inputs(layout, pictures * (image?.tokensPerImage ?? 0), [], shown),
    ...(pixels ? { pixels: tf.tensor4d(pixels, [pictures, side, side, 3]) } : {}),
    ...(computed.tails ? { tails: tf.tensor1d([...computed.tails], 'int32') } : {}),
    asked: tf.tensor1d(hiddenRows, 'int32'),
    ...labelsOf(targets, hiddenRows.length, text.vocabularySize),
  });
  return { layout, total, inputs };
}

function batchLoss(network: Network, layout: BatchLayout, given: tf.NamedTensorMap): tf.Scalar {
  const pictures = given.pixels ? { features: network.features(given.pixels as tf.Tensor4D) } : {};
  const { hidden } = network.compute(layout, { ...given, ...pictures });
  return crossEntropy(network.logits(hidden, given.asked as tf.Tensor), given as unknown as Labels);
}
