/** A batch as tensors, and the loss as a pure function of them, for a graph function to compute. */
import * as tf from '@tensorflow/tfjs';
import { layoutKey, type Network } from '../network/network.js';
import { crossEntropy, type Labels, labelsOf } from '../ops/index.js';
import { layOutAnswers } from '../sequence/answers.js';
import type { NamedPictures } from './encoder-memory.js';
import { tailsFor } from './tails.js';
import { type TrainingRow, targetsOf } from './targets.js';

/** Lengths are rounded up to a multiple of this: texts of all lengths would each be traced. */
const STEP = 64;

/** Some prompts with the answers that are right, and their pictures. */
export interface TrainingBatch {
  readonly rows: readonly TrainingRow[];
  /**
   * Normalised pictures in the order of their places, [pictures, side, side, 3] row by row, or named; null without
   * pictures.
   */
  readonly pixels: Float32Array | NamedPictures | null;
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

/** The pictures of a batch: their pixels, or what the encoder says of them. */
export type GivenPictures = { readonly pixels: Float32Array } | { readonly encoded: Float32Array } | null;

export interface PreparedBatch {
  /** Everything but the inputs' shapes that `loss` depends on. */
  readonly key: string;
  /** Makes the tensors that `loss` takes; the caller's `tf.tidy` drops them. */
  readonly inputs: () => tf.NamedTensorMap;
  readonly loss: (given: tf.NamedTensorMap) => tf.Scalar;
  /** Answer tokens that the loss is the mean over, each counted by its weight; of features all. */
  readonly tokens: number;
}

export function prepareBatch(network: Network, batch: TrainingBatch, pictures: GivenPictures): PreparedBatch {
  return batch.features ? prepareFeatures(network, batch.features, pictures) : prepareAnswers(network, batch, pictures);
}

function prepareAnswers(network: Network, { rows, shown }: TrainingBatch, pictures: GivenPictures): PreparedBatch {
  const answers = layOutAnswers(rows, 0, STEP);
  const { layout } = answers;
  const { hiddenRows: needed, targets, total } = targetsOf(rows, answers);
  // Filled up with rows that have no share, for the same reason as the layout.
  const filled = new Array<number>(Math.ceil(needed.length / STEP) * STEP - needed.length).fill(0);
  const computed = tailsFor(layout, needed);
  const hiddenRows = [...computed.needed, ...filled];
  const inputs = (): tf.NamedTensorMap => {
    const { tensors, tokens } = tensorsOf(network, pictures);
    return {
      ...network.inputs(layout, tokens, [], shown),
      ...tensors,
      ...(computed.tails ? { tails: tf.tensor1d([...computed.tails], 'int32') } : {}),
      asked: tf.tensor1d(hiddenRows, 'int32'),
      ...labelsOf(targets, hiddenRows.length, network.config.text.vocabularySize),
    };
  };
  const loss = (given: tf.NamedTensorMap): tf.Scalar => {
    const features = featuresOf(network, given);
    const { hidden } = network.compute(layout, features ? { ...given, features } : given);
    return crossEntropy(network.logits(hidden, given.asked as tf.Tensor), given as unknown as Labels);
  };
  return { key: layoutKey(layout), inputs, loss, tokens: total };
}

function prepareFeatures(
  network: Network,
  { values, weights }: FeatureTargets,
  pictures: GivenPictures,
): PreparedBatch {
  const tokens = values.length / weights.length;
  const inputs = (): tf.NamedTensorMap => ({
    ...tensorsOf(network, pictures).tensors,
    values: tf.tensor2d(values, [tokens, weights.length]),
    weights: tf.tensor1d(weights),
  });
  const loss = (given: tf.NamedTensorMap): tf.Scalar => {
    const deviations = tf.sub(featuresOf(network, given) as tf.Tensor, given.values as tf.Tensor);
    return tf.mean(tf.sum(tf.square(tf.mul(deviations, given.weights as tf.Tensor)), 1)) as tf.Scalar;
  };
  return { key: 'features', inputs, loss, tokens };
}

/** Pictures as tensors, and how many tokens they will have. */
function tensorsOf(network: Network, pictures: GivenPictures): { tensors: tf.NamedTensorMap; tokens: number } {
  if (!pictures) return { tensors: {}, tokens: 0 };
  const { tokensPerImage, vision, featureLayers } = network.image;
  if ('encoded' in pictures) {
    const { encoded } = pictures;
    const width = featureLayers.length * vision.hiddenSize;
    const tokens = encoded.length / width;
    return { tensors: { encoded: tf.tensor2d(encoded, [tokens, width]) }, tokens };
  }
  const { pixels } = pictures;
  const side = vision.imageSize;
  const count = pixels.length / (side * side * 3);
  return { tensors: { pixels: tf.tensor4d(pixels, [count, side, side, 3]) }, tokens: count * tokensPerImage };
}

function featuresOf(network: Network, { encoded, pixels }: tf.NamedTensorMap): tf.Tensor2D | undefined {
  if (encoded) return network.projected(encoded as tf.Tensor2D);
  return pixels ? network.features(pixels as tf.Tensor4D) : undefined;
}
