/** Scores and answers of whole checkpoints: the same with and without caches, alone and in a batch. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { createRandom } from '../../../src/core/random.js';
import { layOut } from '../../../src/model/sequence/layout.js';
import { VisionLanguageModel } from '../../../src/model/vision-language-model.js';
import { CASES, FIXTURES, type Golden, maxDifference, readGolden, take } from '../network/golden.js';

const ACTIONS = ['right', 'right fire', 'left', 'gas', ''];
const TOLERANCE = 1e-4;

/** A picture of noise; the same seed gives the same picture, each time as a new object. */
function noise(seed: number, side = 40): Frame {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: side * side * 3 }, () => random.integer(256));
  return { dtype: 'uint8', shape: [side, side, 3], data };
}

const ask = (model: VisionLanguageModel, frames: Frame[], question = 'Choose one action.') =>
  model.chat(
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'You drive a car: ' },
          ...frames.map(() => ({ type: 'image' }) as const),
          { type: 'text', text: question },
        ],
      },
    ],
    frames,
  );

describe.each(CASES)('%s', (name) => {
  let model: VisionLanguageModel;
  let golden: Golden;
  beforeAll(async () => {
    model = await VisionLanguageModel.load(join(FIXTURES, name));
    golden = await readGolden(name);
  });
  afterAll(() => {
    model[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('decodes greedily as transformers does, one by one and as a batch of different lengths', async () => {
    const { prompts, images, tensors, greedy } = golden;
    const features = tensors.get('features')!;
    const perPrompt = (i: number) => (images[i] as number) * (features.data.length / (features.shape[0] as number));
    const settings = { maxTokens: 8, temperature: 0 };
    const { generateTokens } = await import('../../../src/model/inference/generate.js');
    const none = { length: 0, layers: undefined };
    const asPrompt = (tokens: number[]) => ({ tokens, frames: [] });
    const together = await generateTokens(
      model.network,
      prompts.map(asPrompt),
      features.data,
      none,
      prompts.map(() => settings),
      [],
    );
    expect(together.map(({ tokens }) => tokens)).toEqual(greedy);
    let start = 0;
    for (const [i, prompt] of prompts.entries()) {
      const own = features.data.slice(start, start + perPrompt(i));
      const [alone] = await generateTokens(model.network, [asPrompt(prompt)], own, none, [settings], []);
      expect(alone).toEqual({ tokens: greedy[i], reason: 'length' });
      start += perPrompt(i);
    }
  });

  it('scores an answer by the logits of the whole text, uncached', async () => {
    const frames = [noise(1), noise(2)];
    const prompt = ask(model, frames);
    const [scores] = await model.score([prompt], ACTIONS);
    const { preprocess, readImageProcessing } = await import('../../../src/model/image/index.js');
    const processing = await readImageProcessing(join(FIXTURES, name));
    for (const [i, action] of ACTIONS.entries()) {
      const answer = model.answer(action);
      const tokens = [...prompt.tokens, ...answer];
      const logProbabilities = tf.tidy(() => {
        const pixels = frames.map((frame) => {
          const { data, height, width } = preprocess(frame, processing);
          return tf.tensor3d(data, [height, width, 3]);
        });
        const features = model.network.features(tf.stack(pixels) as tf.Tensor4D);
        const { hidden } = model.network.run(layOut([{ prompt: tokens, branches: [] }]), features);
        const rows = answer.map((_, k) => prompt.tokens.length - 1 + k);
        return tf.logSoftmax(model.network.logits(hidden, rows));
      });
      const [, vocabulary] = logProbabilities.shape;
      const values = take(logProbabilities);
      const whole = answer.reduce((sum, token, k) => sum + (values[k * (vocabulary as number) + token] as number), 0);
      expect(Math.abs((scores?.[i] as number) - whole)).toBeLessThan(TOLERANCE);
    }
  });

  it('scores the same alone, in a batch, and again from the caches', async () => {
    const prompts = [ask(model, [noise(1), noise(2)]), ask(model, [noise(3)], 'Go?'), ask(model, [noise(4), noise(5)])];
    const together = await model.score(prompts, ACTIONS);
    for (const [i, prompt] of prompts.entries()) {
      const [alone] = await model.score([prompt], ACTIONS);
      expect(maxDifference(alone as number[], together[i] as number[])).toBeLessThan(TOLERANCE);
    }
    using fresh = await VisionLanguageModel.load(join(FIXTURES, name));
    const [first] = await fresh.score(prompts.slice(0, 1), ACTIONS);
    expect(maxDifference(first as number[], together[0] as number[])).toBeLessThan(TOLERANCE);
    // The second call of a shape is the first that runs as a function.
    for (let again = 0; again < 2; again++) {
      const scores = await model.score(prompts, ACTIONS);
      expect(maxDifference(scores.flat(), together.flat())).toBeLessThan(1e-5);
    }
    expect(model.network.graphs.size).toBeGreaterThan(0);
  });

  it('generates the same alone and in a batch, whatever is cached', async () => {
    const prompts = [ask(model, [noise(1)]), ask(model, [noise(2), noise(3)], 'What is this?')];
    const together = await model.generate(prompts, { maxTokens: 6 });
    for (const [i, prompt] of prompts.entries()) {
      expect(await model.generate([prompt], { maxTokens: 6 })).toEqual([together[i]]);
    }
  });
});

describe('generation', () => {
  let model: VisionLanguageModel;
  beforeAll(async () => {
    model = await VisionLanguageModel.load(join(FIXTURES, 'wide-heads-yarn'));
  });
  afterAll(() => model[Symbol.dispose]());

  it('draws by temperature from a seeded generator, the same for the same seed', async () => {
    const prompt = ask(model, [noise(1)]);
    const draw = async (seed: number) =>
      (await model.generate([prompt], { maxTokens: 12, temperature: 2, random: createRandom(seed) }))[0]?.tokens;
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
    await expect(model.generate([prompt], { maxTokens: 2, temperature: 1 })).rejects.toThrow(/seeded random/);
  });

  it('ends at a stop text, which is cut off', async () => {
    const prompt = ask(model, [noise(1)]);
    const [whole] = await model.generate([prompt], { maxTokens: 8 });
    const stop = whole!.text.slice(3, 5);
    const [cut] = await model.generate([prompt], { maxTokens: 8, stop: [stop] });
    expect(cut).toMatchObject({ reason: 'stop', text: whole!.text.slice(0, whole!.text.indexOf(stop)) });
    expect(cut!.tokens.length).toBeLessThan(whole!.tokens.length);
  });

  it('is cancelled by a signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(model.generate([ask(model, [noise(1)])], { maxTokens: 8, signal })).rejects.toThrow('enough');
  });
});

describe('refusals', () => {
  let model: VisionLanguageModel;
  beforeAll(async () => {
    model = await VisionLanguageModel.load(join(FIXTURES, 'grouped-llama3'));
  });
  afterAll(() => model[Symbol.dispose]());

  it('names numbers where pictures and their places differ', () => {
    expect(() => model.prompt('<image> and <image>', [noise(1)])).toThrow(/1 image tokens\n.*2/);
    expect(() => model.prompt('no place', [noise(1)])).toThrow(/1 image tokens\n.*0/);
  });

  it('names numbers for a prompt beyond the context', async () => {
    const prompt = model.prompt('a b '.repeat(60));
    await expect(model.score([prompt], ['gas'])).rejects.toThrow(
      /at most 96 tokens\n.*of the prompt and \d+ of the answer/,
    );
    await expect(model.generate([prompt], { maxTokens: 3 })).rejects.toThrow(/at most 96 tokens/);
    const nearlyFull = model.prompt('<s>'.repeat(94));
    const [answer] = await model.generate([nearlyFull], { maxTokens: 10 });
    expect(answer).toMatchObject({ reason: 'length' });
    expect(answer!.tokens.length).toBe(2);
  });

  it('has nothing to score without answers', async () => {
    await expect(model.score([model.prompt('a')], [])).rejects.toThrow(/no answers/);
  });
});

describe('memory', () => {
  it('holds the same number of tensors and bytes after a thousand decisions', async () => {
    using model = await VisionLanguageModel.load(join(FIXTURES, 'tied-multilayer'));
    let older = noise(0);
    const decide = async (i: number) => {
      const newer = noise(i, 24);
      await model.score([ask(model, [older, newer])], ACTIONS);
      older = newer;
    };
    for (let i = 1; i <= 20; i++) await decide(i);
    const before = tf.memory();
    for (let i = 21; i <= 1020; i++) await decide(i);
    const after = tf.memory();
    expect([after.numTensors, after.numBytes]).toEqual([before.numTensors, before.numBytes]);
  }, 120_000);
});
