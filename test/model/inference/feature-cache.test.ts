import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { Frame } from '../../../src/core/index.js';
import { parseImageProcessing } from '../../../src/model/image/index.js';
import { FeatureCache } from '../../../src/model/inference/feature-cache.js';
import type { Network } from '../../../src/model/network/network.js';

const SIDE = 8;
/** Its features are the pixels that it is given. */
const network = {
  image: { tokensPerImage: 1 },
  config: { text: { hiddenSize: SIDE * SIDE * 3 } },
  features: (pixels: tf.Tensor4D) => tf.reshape(pixels, [pixels.shape[0], -1]),
} as unknown as Network;

// Scaled to more than is cut out of it: fitted a second time the picture would be another one.
const processing = parseImageProcessing({ size: { shortest_edge: 12 }, crop_size: SIDE }, 'a test');
const frame: Frame = {
  dtype: 'uint8',
  shape: [20, 31, 3],
  data: Uint8Array.from({ length: 20 * 31 * 3 }, (_, i) => (i * 37) % 251),
};

it('gives a picture that was fitted beforehand the features of the original', async () => {
  const cache = new FeatureCache(network, processing);
  const fitted = cache.fit(frame);
  expect(fitted.shape).toEqual([SIDE, SIDE, 3]);
  expect(await cache.featuresOf([fitted])).toEqual(await cache.featuresOf([frame]));
});

it('refuses a picture that would come to billions of pixels', () => {
  const thin: Frame = { dtype: 'uint8', shape: [1_000_000, 1, 3], data: new Uint8Array(3e6) };
  const cache = new FeatureCache(network, processing);
  expect(() => cache.fit(thin)).toThrow(expect.objectContaining({ code: 'usage' }));
});
