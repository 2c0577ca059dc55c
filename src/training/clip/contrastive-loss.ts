/** The symmetric contrastive loss: each picture finds its text among all of the batch, and each text its picture. */
import * as tf from '@tensorflow/tfjs';
import type { Target } from '../../model/ops/cross-entropy.js';
import { crossEntropy, labelsOf } from '../../model/ops/index.js';
import type { ClipNetwork } from './network.js';
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
  return tf.add(loss, tf.mul(regionLoss(network, states, regions), weight));
}

/**
 * Each region finds its caption among all different ones of a kind, each caption its regions, and every patch of a
 * region the caption too: a mean over patches tells of a shape only once they know what to say of it, and a single
 * patch, a tip or a bend, tells a little from the first step on. The mean over kinds.
 */
function regionLoss(network: ClipNetwork, states: tf.Tensor2D, regions: RegionBatch): tf.Scalar {
  const means = network.vectorsOfStates(tf.matMul(sharesOf(regions, states.shape[0]), states));
  const patches = network.vectorsOfStates(tf.gather(states, tf.tensor1d(regions.tokens, 'int32')));
  const told = network.textVectors(regions.tellings.flatMap(({ texts }) => texts));
  let first = 0;
  const losses = regions.tellings.flatMap(({ texts, textOf }) => {
    const own = tf.slice(told, first, texts.length);
    first += texts.length;
    const logits = network.logits(means, own);
    const forward = textOf.map((token, row) => ({ row, token, weight: 1 }));
    const members = texts.map((_, text) => textOf.filter((one) => one === text).length);
    const back = textOf.map((row, token) => ({ row, token, weight: 1 / (members[row] as number) }));
    const ofPatches = [...regions.regions].map((region, row) => ({
      row,
      token: textOf[region] as number,
      weight: regions.shares[row] as number,
    }));
    const toText = crossEntropy(logits, labelsOf(forward, textOf.length, texts.length));
    const toRegion = crossEntropy(tf.transpose(logits), labelsOf(back, texts.length, textOf.length));
    const toTextOfPatches = crossEntropy(
      network.logits(patches, own),
      labelsOf(ofPatches, ofPatches.length, texts.length),
    );
    return [tf.mul(tf.add(toText, toRegion), 0.5), toTextOfPatches];
  });
  return tf.div(tf.addN(losses), regions.tellings.length);
}

/** Each vector finds its text among all texts, and each text its vector. */
function pairLoss(network: ClipNetwork, vectors: tf.Tensor2D, texts: readonly (readonly number[])[]): tf.Scalar {
  const logits = network.logits(vectors, network.textVectors(texts));
  const labels = labelsOf(samePairs(texts), texts.length, texts.length);
  return tf.mul(tf.add(crossEntropy(logits, labels), crossEntropy(tf.transpose(logits), labels)), 0.5);
}

/** How much of each region each token is: [regions, tokens], every row summing to 1. */
function sharesOf({ count: rows, regions, tokens, shares }: RegionBatch, count: number): tf.Tensor2D {
  const values = new Float32Array(rows * count);
  for (const [i, share] of shares.entries()) values[(regions[i] as number) * count + (tokens[i] as number)] = share;
  return tf.tensor2d(values, [rows, count]);
}

/** Two pictures may have the same text; then each is right for both, rather than wrong for one. */
export function samePairs(texts: readonly (readonly number[])[]): Target[] {
  const rowsOf = new Map<string, number[]>();
  for (const [row, ids] of texts.entries()) rowsOf.set(ids.join(), [...(rowsOf.get(ids.join()) ?? []), row]);
  return texts.flatMap((ids, row) => {
    const right = rowsOf.get(ids.join()) as number[];
    return right.map((token) => ({ row, token, weight: 1 / right.length }));
  });
}
