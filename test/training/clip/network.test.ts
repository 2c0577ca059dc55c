/** The CLIP computes what transformers' CLIPModel computes, forwards, backwards and over steps of training. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../../../src/model/checkpoint/index.js';
import { gradientsOf } from '../../../src/model/learning/index.js';
import { CONTRASTIVE_PARTS } from '../../../src/model/network/parameter-specs.js';
import { type ContrastiveBatch, contrastiveLoss, samePairs } from '../../../src/training/clip/contrastive-loss.js';
import { ClipNetwork } from '../../../src/training/clip/network.js';
import { ClipTrainer } from '../../../src/training/clip/trainer.js';
import { maxDifference, take } from '../../model/network/golden.js';

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

interface Golden {
  readonly texts: number[][];
  readonly losses: number[];
  readonly tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;
}

async function readGolden(name: string): Promise<Golden> {
  const json = JSON.parse(await readFile(join(FIXTURES, name, 'expected.json'), 'utf8'));
  await using file = await openSafetensors(join(FIXTURES, name, 'expected.safetensors'));
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const tensor of file.names) tensors.set(tensor, await file.read(tensor));
  return { ...json, tensors };
}

const batchOf = ({ tensors, texts }: Golden): ContrastiveBatch => ({
  pixels: tensors.get('pixels')!.data,
  texts,
  kept: null,
  regions: null,
});

afterAll(() => expect(tf.memory().numTensors).toBe(0));

describe.each(['wide-text', 'old-end-token'])('%s', (name) => {
  let golden: Golden;
  let network: ClipNetwork;
  const tensor = (key: string) => golden.tensors.get(key)!;
  beforeAll(async () => {
    golden = await readGolden(name);
    network = await ClipNetwork.load(join(FIXTURES, name));
  });
  afterAll(() => network[Symbol.dispose]());

  it('gives the same vectors and similarities', () => {
    const shape = tensor('pixels').shape as [number, number, number, number];
    const vectors = tf.tidy(() => ({
      images: network.imageVectors(tf.tensor4d(tensor('pixels').data, shape)),
      texts: network.textVectors(golden.texts),
    }));
    const logits = take(tf.tidy(() => network.logits(vectors.images, vectors.texts)));
    expect(maxDifference(logits, tensor('logits').data)).toBeLessThan(1e-4);
    expect(maxDifference(take(vectors.images), tensor('image_vectors').data)).toBeLessThan(1e-5);
    expect(maxDifference(take(vectors.texts), tensor('text_vectors').data)).toBeLessThan(1e-5);
  });

  it('gives the same loss and the same gradient of every parameter', async () => {
    const all = new Set(CONTRASTIVE_PARTS);
    const { loss, gradients } = await gradientsOf(network.parameters, all, (differentiate) =>
      differentiate(() => contrastiveLoss(network, batchOf(golden))),
    );
    expect(loss).toBeCloseTo(tensor('loss').data[0] as number, 4);
    const own = new Map([...gradients].map(([key, data]) => [key, tf.tensor(data, network.parameters.get(key).shape)]));
    expect(own.size).toBe(network.parameters.specs.length);
    const pieces = await network.parameters.pieces((key) => own.get(key)!);
    tf.dispose([...own.values()]);
    for (const { name: piece, data } of pieces) {
      expect([piece, maxDifference(data, tensor(`gradient.${piece}`).data) < 1e-3]).toEqual([piece, true]);
    }
  });

  it('has the losses of PyTorch over four steps', async () => {
    using learning = await ClipNetwork.load(join(FIXTURES, name));
    const settings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 1 };
    const trainer = new ClipTrainer(learning, { peak: 0.002, warmup: 0, total: 1, floor: 1 }, settings);
    for (const expected of golden.losses) {
      const { loss } = await trainer.step(batchOf(golden));
      expect(Math.abs(loss - expected)).toBeLessThan(2e-3);
    }
  });

  it('does not let texts of a batch see each other or what fills them up', () => {
    const together = tf.tidy(() => network.textVectors(golden.texts).arraySync() as number[][]);
    for (const [i, text] of golden.texts.entries()) {
      const alone = take(tf.tidy(() => network.textVectors([text])));
      expect(maxDifference(alone, together[i] as number[])).toBeLessThan(1e-5);
    }
  });

  it('sees all of a picture where all of its tokens are kept, and less where less is', () => {
    const shape = tensor('pixels').shape as [number, number, number, number];
    const tokens = Math.floor(shape[1] / network.config.vision.patchSize) ** 2 + 1;
    const vectors = (rows: number[]) =>
      take(tf.tidy(() => network.imageVectors(tf.tensor4d(tensor('pixels').data, shape), tf.tensor1d(rows, 'int32'))));
    const all = Array.from({ length: shape[0] * tokens }, (_, i) => i);
    expect(maxDifference(vectors(all), tensor('image_vectors').data)).toBeLessThan(1e-5);
    // In another order of the patches it is the same picture, for positions went in before.
    const turned = all.map((row) => (row % tokens === 0 ? row : row - (row % tokens) + tokens - (row % tokens)));
    expect(maxDifference(vectors(turned), tensor('image_vectors').data)).toBeLessThan(1e-5);
    const some = all.filter((row) => row % tokens < 3);
    expect(maxDifference(vectors(some), tensor('image_vectors').data)).toBeGreaterThan(1e-2);
  });

  it('refuses a text without an end and one that is too long', () => {
    const { positions, endToken } = network.config.text;
    const long = Array.from({ length: positions + 1 }, () => 5);
    expect(() => tf.tidy(() => network.textVectors([long]))).toThrow(/too long/);
    if (endToken !== 2) expect(() => tf.tidy(() => network.textVectors([[48, 5]]))).toThrow(/no end token/);
  });
});

describe('the same text twice', () => {
  it('is right for both pictures, in equal parts', () => {
    expect(samePairs([[1, 2], [3], [1, 2]])).toEqual([
      { row: 0, token: 0, weight: 0.5 },
      { row: 0, token: 2, weight: 0.5 },
      { row: 1, token: 1, weight: 1 },
      { row: 2, token: 0, weight: 0.5 },
      { row: 2, token: 2, weight: 0.5 },
    ]);
  });
});
