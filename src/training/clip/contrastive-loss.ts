/** The symmetric contrastive loss: each picture finds its text among all of the batch, and each text its picture. */
import * as tf from '@tensorflow/tfjs';
import type { Target } from '../../model/ops/cross-entropy.js';
import { crossEntropy, labelsOf } from '../../model/ops/index.js';
import type { ClipNetwork } from './clip-network.js';

/** Pictures with a text each, as the network takes them. */
export interface ContrastiveBatch {
  /** [pictures, side, side, 3], normalised. */
  readonly pixels: Float32Array;
  /** Ids of each picture's text. */
  readonly texts: readonly (readonly number[])[];
  /** Which tokens of the pictures are looked at (`hiddenStates`); null for all. */
  readonly kept: Int32Array | null;
}

/** The mean over pictures and texts, in nats. */
export function contrastiveLoss(network: ClipNetwork, { pixels, texts, kept }: ContrastiveBatch): tf.Scalar {
  const { imageSize: side } = network.config.vision;
  const images = tf.tensor4d(pixels, [texts.length, side, side, 3]);
  const seen = kept ? tf.tensor1d(kept, 'int32') : undefined;
  const logits = network.logits(network.imageVectors(images, seen), network.textVectors(texts));
  const labels = labelsOf(samePairs(texts), texts.length, texts.length);
  return tf.mul(tf.add(crossEntropy(logits, labels), crossEntropy(tf.transpose(logits), labels)), 0.5);
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
