/** The symmetric contrastive loss: each picture finds its text among all of the batch, and each text its picture. */
import * as tf from '@tensorflow/tfjs';
import type { Target } from '../../model/ops/cross-entropy.js';
import { crossEntropy, labelsOf } from '../../model/ops/index.js';
import type { ClipNetwork } from './clip-network.js';
import type { RegionBatch } from './regions.js';

/** Pictures with a text each, as the network takes them. */
export interface ContrastiveBatch {
  /** [pictures, side, side, 3], normalised. */
  readonly pixels: Float32Array;
  /** Ids of each picture's text. */
  readonly texts: readonly (readonly number[])[];
  /** Which tokens of the pictures are looked at (`hiddenStates`); null for all. */
  readonly kept: Int32Array | null;
  /** Objects with captions of their own; null where none are told. */
  readonly regions: RegionBatch | null;
}

/**
 * The mean over pictures and texts, in nats, plus that over regions and their texts.
 * @param weight of the regions' part.
 */
export function contrastiveLoss(network: ClipNetwork, batch: ContrastiveBatch, weight = 1): tf.Scalar {
  const { pixels, texts, kept, regions } = batch;
  const { imageSize: side } = network.config.vision;
  const images = tf.tensor4d(pixels, [texts.length, side, side, 3]);
  const states = network.imageStates(images, kept ? tf.tensor1d(kept, 'int32') : undefined);
  const loss = pairLoss(network, network.classVectors(states, texts.length), texts);
  if (regions === null || weight === 0) return loss;
  const means = tf.matMul(sharesOf(regions, states.shape[0]), states) as tf.Tensor2D;
  return tf.add(loss, tf.mul(pairLoss(network, network.vectorsOfStates(means), regions.texts), weight));
}

/** Each vector finds its text among all texts, and each text its vector. What several share is told once. */
function pairLoss(network: ClipNetwork, vectors: tf.Tensor2D, texts: readonly (readonly number[])[]): tf.Scalar {
  const different = [...new Map(texts.map((ids) => [ids.join(), ids])).values()];
  const placeOf = new Map(different.map((ids, i) => [ids.join(), i]));
  const places = texts.map((ids) => placeOf.get(ids.join()) as number);
  const told = tf.gather(network.textVectors(different), tf.tensor1d(places, 'int32'));
  const logits = network.logits(vectors, told);
  const labels = labelsOf(samePairs(texts), texts.length, texts.length);
  return tf.mul(tf.add(crossEntropy(logits, labels), crossEntropy(tf.transpose(logits), labels)), 0.5);
}

/** How much of each region each token is: [regions, tokens], every row summing to 1. */
function sharesOf({ texts, regions, tokens, shares }: RegionBatch, count: number): tf.Tensor2D {
  const values = new Float32Array(texts.length * count);
  for (const [i, share] of shares.entries()) values[(regions[i] as number) * count + (tokens[i] as number)] = share;
  return tf.tensor2d(values, [texts.length, count]);
}

/** Two pictures or regions may have the same text; then each is right for both, rather than wrong for one. */
export function samePairs(texts: readonly (readonly number[])[]): Target[] {
  const rowsOf = new Map<string, number[]>();
  for (const [row, ids] of texts.entries()) rowsOf.set(ids.join(), [...(rowsOf.get(ids.join()) ?? []), row]);
  return texts.flatMap((ids, row) => {
    const right = rowsOf.get(ids.join()) as number[];
    return right.map((token) => ({ row, token, weight: 1 / right.length }));
  });
}
