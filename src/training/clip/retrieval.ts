/** How well a CLIP finds the caption of a picture, and the picture of a caption, among held-out ones. */
import * as tf from '@tensorflow/tfjs';
import { type ImageSample, openScenes } from '../pictures/index.js';
import { type ClipInput, encodeSamples } from './batches.js';
import type { ClipNetwork } from './network.js';

/** Shares of pictures and of captions whose counterpart is the nearest, or among the five nearest. */
export interface Retrieval {
  readonly pictures: number;
  readonly imageToText: { readonly first: number; readonly amongFive: number };
  readonly textToImage: { readonly first: number; readonly amongFive: number };
}

/** Scenes of every difficulty that training never draws, told as captions tell them. */
export function heldOutScenes({
  side,
  split,
  count,
}: {
  readonly side: number;
  readonly split: 'validation' | 'test';
  readonly count: number;
}): ImageSample[] {
  const scenes = openScenes({ side, difficulty: [0, 1] });
  return Array.from({ length: count }, (_, i) => scenes.sample(split, i));
}

/** Pictures that go through the network at once. */
const AT_ONCE = 64;

/** Measures retrieval among `samples`. A counterpart with the very same caption is right too. */
export function measureRetrieval(network: ClipNetwork, samples: readonly ImageSample[], input: ClipInput): Retrieval {
  const similarities = tf.tidy(() => {
    const parts: { images: tf.Tensor2D; texts: tf.Tensor2D }[] = [];
    for (let first = 0; first < samples.length; first += AT_ONCE) {
      const own = samples.slice(first, first + AT_ONCE);
      parts.push(tf.tidy(() => vectorsOf(network, own, input)));
    }
    const images = tf.concat(
      parts.map((part) => part.images),
      0,
    );
    const texts = tf.concat(
      parts.map((part) => part.texts),
      0,
    );
    return tf.matMul(images, texts, false, true).arraySync() as number[][];
  });
  const captions = samples.map(({ caption }) => caption);
  const turned = similarities.map((_, column) => similarities.map((row) => row[column] as number));
  return {
    pictures: samples.length,
    imageToText: hits(similarities, captions),
    textToImage: hits(turned, captions),
  };
}

function vectorsOf(network: ClipNetwork, samples: readonly ImageSample[], input: ClipInput) {
  const { pixels, texts } = encodeSamples(samples, input);
  const { imageSize: side } = network.config.vision;
  const images = network.imageVectors(tf.tensor4d(pixels, [samples.length, side, side, 3]));
  return { images, texts: network.textVectors(texts) };
}

/** Counts rows whose counterpart is among the highest of the row. */
export function hits(
  similarities: readonly (readonly number[])[],
  captions: readonly (string | undefined)[],
): { first: number; amongFive: number } {
  const ranks = similarities.map((row, i) => {
    const best = Math.max(...row.filter((_, j) => captions[j] === captions[i]));
    return row.filter((value, j) => value > best && captions[j] !== captions[i]).length;
  });
  const share = (within: number): number => ranks.filter((rank) => rank < within).length / ranks.length;
  return { first: share(1), amongFive: share(5) };
}
