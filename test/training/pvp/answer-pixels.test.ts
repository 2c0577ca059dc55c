/** Many queries answered side by side have the answers that each has alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VisionLanguageModel } from '../../../src/model/index.js';
import { answerPixels, loadAnswerer, reconstruct, UNPARSED_COLOUR } from '../../../src/training/pvp/index.js';
import { PIXEL_PROMPT, placeText } from '../../../src/training/tasks/pixels.js';
import { makeTinyStart } from './tiny-run.js';

let folder: string;
const frame = {
  dtype: 'uint8' as const,
  shape: [24, 24, 3],
  data: Uint8Array.from({ length: 24 * 24 * 3 }, (_, i) => (i * 37) % 256),
};
const places = Array.from({ length: 70 }, (_, i) => ({ y: (i * 5) % 24, x: (i * 7) % 24 }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pvp-answers-'));
  await makeTinyStart(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('packed answers', () => {
  it('are those of one query at a time', async () => {
    using answerer = await loadAnswerer(folder);
    const packed = await answerPixels(answerer, frame, places);
    using model = await VisionLanguageModel.load(folder);
    for (const i of [0, 1, 33, 63, 64, 69]) {
      const prompt = model.prompt(`${PIXEL_PROMPT}${placeText(places[i] as (typeof places)[number])}`, [frame]);
      const [alone] = await model.generate([prompt], { maxTokens: 8 });
      const tokens = alone?.tokens ?? [];
      const closed = tokens.findIndex((token) => model.tokenizer.tokenOf(token)?.endsWith(']'));
      expect(packed[i]).toBe(model.tokenizer.decode(closed < 0 ? tokens : tokens.slice(0, closed + 1)));
    }
    expect(new Set(packed).size).toBeGreaterThan(1);
  });

  it('leave no tensors behind, also when they are cancelled', async () => {
    using answerer = await loadAnswerer(folder);
    await answerPixels(answerer, frame, places.slice(0, 3));
    const before = tf.memory().numTensors;
    await answerPixels(answerer, frame, places);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(answerPixels(answerer, frame, places, { signal })).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a reconstruction', () => {
  it('counts answers that are no colour and paints them in magenta', async () => {
    using answerer = await loadAnswerer(folder);
    const { painted, original, errors } = await reconstruct(answerer, frame);
    expect(original.shape).toEqual([24, 24, 3]);
    // A network with random weights answers with anything.
    expect(errors.unparsed).toBeGreaterThan(0);
    expect(errors.parsed + errors.unparsed).toBe(24 * 24);
    const marked = Array.from({ length: 24 * 24 }, (_, i) => [...painted.data.slice(3 * i, 3 * i + 3)]);
    expect(marked.filter((colour) => `${colour}` === `${UNPARSED_COLOUR}`)).toHaveLength(errors.unparsed);
  });
});
