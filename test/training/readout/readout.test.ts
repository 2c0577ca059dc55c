/** A linear map reads what features tell, and nothing where they tell nothing. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import type { VisionConfig } from '../../../src/model/config/index.js';
import { loadTensorFlow } from '../../../src/model/runtime/index.js';
import { drawScene, makeScene } from '../../../src/training/pictures/index.js';
import { coverageOf } from '../../../src/training/pictures/scenes/coverage.js';
import { type Encoder, measureReadout } from '../../../src/training/readout/index.js';
import { commonestAccuracy, linearAccuracy } from '../../../src/training/readout/linear-classifier.js';
import { readoutScenes } from '../../../src/training/readout/scene-features.js';

const random = createRandom(4, 'readout test');
const classes = (count: number) => Array.from({ length: count }, () => random.integer(5));
/** Features of so many things; `tell` of the class where they tell it. */
function labelled(count: number, tell: (one: number, i: number) => number) {
  const own = classes(count);
  return { classes: own, features: Float32Array.from(own.flatMap((one) => [0, 1, 2, 3].map((i) => tell(one, i)))) };
}

describe('a linear map from features to classes', () => {
  it('is always right where each class has a direction of its own, whatever the scale', () => {
    const told = () => labelled(300, (one, i) => 1e4 * (one === i ? 1 : 0) + 10 * random.next());
    expect(linearAccuracy(told(), told(), 5)).toBe(1);
  });

  it('is right by chance where features are noise', () => {
    const noise = () => labelled(3000, () => random.next());
    const accuracy = linearAccuracy(noise(), noise(), 5);
    expect(accuracy).toBeGreaterThan(0.15);
    expect(accuracy).toBeLessThan(0.25);
  });

  it('is compared with the commonest answer', () => {
    expect(commonestAccuracy([2, 2, 1], [2, 1, 1, 0])).toBe(0.25);
  });
});

describe('where an object is', () => {
  it('counts its visible pixels in every patch', () => {
    const drawn = drawScene(makeScene(3, 1), 48);
    const found = coverageOf(drawn, 8);
    expect(found.length).toBeGreaterThan(0);
    for (const { object, visible, pixels } of found) {
      expect(visible).toBe(drawn.owners.filter((owner) => owner === object + 1).length);
      expect([...pixels.values()].reduce((sum, count) => sum + count, 0)).toBe(visible);
      for (const patch of pixels.keys()) expect(patch).toBeLessThan(36);
    }
  });
});

describe('the read-out of an encoder', () => {
  beforeAll(() => loadTensorFlow());
  const vision = { imageSize: 48, patchSize: 8, hiddenSize: 3, layers: 2 } as VisionConfig;
  const identity = { mean: [0, 0, 0], deviation: [1, 1, 1], rescale: 1 / 255, resize: null, crop: null };
  const processing = identity as unknown as Encoder['processing'];
  const options = { split: 'validation', scenes: 240 } as const;
  const of = (features: Encoder['features']) => measureReadout({ vision, processing, layer: 1, features }, options);
  const share = (readout: ReturnType<typeof of>, name: string) => readout.rows.find((row) => row.attribute === name)!;

  it('finds colours in the mean colour of patches, places in where they are, and neither in features that are all ' +
    'alike', () => {
    const means = of(
      (pixels) => tf.reshape(tf.avgPool(pixels, 8, 8, 'valid'), [pixels.shape[0], 36, 3]) as tf.Tensor3D,
    );
    expect(share(means, 'colour').object).toBeGreaterThan(2 * share(means, 'colour').objectChance);
    const grid = Array.from({ length: 36 }, (_, i) => [Math.floor(i / 6) === 0, i % 6 === 0, i % 6 > 3].map(Number));
    const placed = of((pixels) => tf.tile(tf.tensor3d([grid]), [pixels.shape[0], 1, 1]));
    expect(share(placed, 'place').object).toBeGreaterThan(2 * share(placed, 'place').objectChance);
    const nothing = of((pixels) => tf.ones([pixels.shape[0], 36, 3]));
    for (const { object, objectChance, picture, pictureChance } of nothing.rows) {
      expect(object).toBeCloseTo(objectChance, 10);
      expect(picture).toBeCloseTo(pictureChance, 10);
    }
    expect(of((pixels) => tf.ones([pixels.shape[0], 36, 3]))).toEqual(nothing);
  }, 60_000);

  it('is measured on scenes that its map was not fitted on', () => {
    const seeds = (split: 'train' | 'validation' | 'test') =>
      readoutScenes(split, 5, 24).map(({ scene }) => scene.seed);
    expect(new Set([...seeds('train'), ...seeds('validation'), ...seeds('test')]).size).toBe(15);
  });
});
