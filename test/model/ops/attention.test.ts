/** Packed attention is attention under a full mask, in values and gradients. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { BLOCK } from '../../../src/model/ops/branch-attention.js';
import { attend, attention, type Visible } from '../../../src/model/ops/index.js';
import { loadTensorFlow } from '../../../src/model/runtime/index.js';
import { causalMask, denseMask } from '../../../src/model/sequence/layout.js';

beforeAll(async () => {
  await loadTensorFlow();
});

it.each([
  { batch: 1, heads: 2, shared: 2, past: 0, prompt: 3, branches: 4, length: 2 },
  { batch: 2, heads: 6, shared: 2, past: 0, prompt: 5, branches: 9, length: 3 },
  { batch: 2, heads: 3, shared: 3, past: 4, prompt: 1, branches: 8, length: 1 },
  // Long enough to be computed in blocks, the last of them shorter.
  { batch: 1, heads: 2, shared: 2, past: 0, prompt: 7, branches: 2, length: 300 },
  { batch: 2, heads: 4, shared: 2, past: 3, prompt: 2, branches: 2, length: 2 * BLOCK },
])('%o', ({ batch, heads, shared, past, prompt, branches, length }) => {
  const size = 8;
  const width = prompt + branches * length;
  const random = (count: number, tokens: number, seed: number) =>
    tf.randomNormal([batch, count, tokens, size], 0, 1, 'float32', seed) as tf.Tensor4D;
  tf.tidy(() => {
    const inputs = [random(heads, width, 1), random(shared, past + width, 2), random(shared, past + width, 3)];
    const upstream = random(heads, width, 4);
    const ids = (tokens: number) => new Array<number>(tokens).fill(0);
    const row = { prompt: ids(prompt), branches: Array.from({ length: branches }, () => ids(length)) };
    const mask = denseMask([row], width, past) as Float32Array;
    const dense: Visible = { kind: 'dense', mask: tf.tensor4d(mask, [1, 1, width, past + width]) };
    const packed: Visible = {
      ...{ kind: 'packed', branches },
      promptMask: tf.tensor4d(causalMask(prompt, past), [1, 1, prompt, past + prompt]),
      branchMask: tf.tensor4d(causalMask(length, 0), [1, 1, length, length]),
    };
    const run = (visible: Visible) => {
      const value = (query: tf.Tensor, key: tf.Tensor, values: tf.Tensor) =>
        attend(query as tf.Tensor4D, key as tf.Tensor4D, values as tf.Tensor4D, visible);
      return [value(inputs[0]!, inputs[1]!, inputs[2]!), ...tf.grads(value)(inputs, upstream)];
    };
    const expected = run(dense);
    run(packed).forEach((got, i) => {
      expect(got.shape).toEqual(expected[i]!.shape);
      expect(tf.max(tf.abs(tf.sub(got, expected[i]!))).dataSync()[0]).toBeLessThan(1e-5);
      expect(tf.max(tf.abs(got)).dataSync()[0]).toBeGreaterThan(0.1);
    });
  });
});

it.each([
  { batch: 1, heads: 3, shared: 3, masks: 1 },
  { batch: 2, heads: 4, shared: 2, masks: 1 },
  { batch: 2, heads: 2, shared: 1, masks: 2 },
  { batch: 1, heads: 2, shared: 1, masks: 1 },
  { batch: 1, heads: 2, shared: 2, masks: 0 },
])('of many tokens, head by head, is that of the first and the second half of them: %o', (shape) => {
  const { batch, heads, shared, masks } = shape;
  const [tokens, keys, size] = [400, 420, 8];
  const random = (count: number, length: number, seed: number) =>
    tf.randomNormal([batch, count, length, size], 0, 1, 'float32', seed) as tf.Tensor4D;
  tf.tidy(() => {
    const inputs = [random(heads, tokens, 1), random(shared, keys, 2), random(shared, keys, 3)];
    const upstream = random(heads, tokens, 4);
    const mask = masks === 0 ? null : (tf.randomNormal([masks, 1, tokens, keys], 0, 2, 'float32', 5) as tf.Tensor4D);
    const halfOf = (x: tf.Tensor4D, first: number) =>
      tf.slice(x, [0, 0, first, 0], [x.shape[0], x.shape[1], tokens / 2, x.shape[3]]);
    const whole = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) =>
      attention(query as tf.Tensor4D, key as tf.Tensor4D, value as tf.Tensor4D, mask);
    const halves = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor) =>
      tf.concat(
        [0, tokens / 2].map((first) =>
          attention(
            halfOf(query as tf.Tensor4D, first),
            key as tf.Tensor4D,
            value as tf.Tensor4D,
            mask && halfOf(mask, first),
          ),
        ),
        2,
      );
    const run = (value: typeof whole) => [
      value(inputs[0]!, inputs[1]!, inputs[2]!),
      ...tf.grads(value)(inputs, upstream),
    ];
    const expected = run(halves);
    run(whole).forEach((got, i) => {
      expect(got.shape).toEqual(expected[i]!.shape);
      expect(tf.max(tf.abs(tf.sub(got, expected[i]!))).dataSync()[0]).toBeLessThan(1e-4);
      expect(tf.max(tf.abs(got)).dataSync()[0]).toBeGreaterThan(0.1);
    });
  });
});
