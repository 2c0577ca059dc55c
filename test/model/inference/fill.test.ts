/** Templates filled in: the tokens and log-probabilities that whole, uncached texts have. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { createRandom } from '../../../src/core/random.js';
import type { Prompt, Template } from '../../../src/model/index.js';
import { VisionLanguageModel } from '../../../src/model/vision-language-model.js';
import { CASES, FIXTURES, maxDifference } from '../network/golden.js';

const TOLERANCE = 1e-4;

function noise(seed: number): Frame {
  const random = createRandom(seed);
  return {
    dtype: 'uint8',
    shape: [24, 24, 3],
    data: Uint8Array.from({ length: 24 * 24 * 3 }, () => random.integer(256)),
  };
}

describe.each(CASES)('%s', (name) => {
  let model: VisionLanguageModel;
  let template: Template;
  const ask = (seed: number, question = 'What now?') =>
    model.chat(
      [
        {
          role: 'user',
          content: [{ type: 'text', text: 'You see: ' }, { type: 'image' }, { type: 'text', text: question }],
        },
      ],
      [noise(seed)],
    );
  beforeAll(async () => {
    model = await VisionLanguageModel.load(join(FIXTURES, name));
    const encode = (text: string) => model.tokenizer.encode(text);
    const among = [...'0123456789'].flatMap(encode);
    template = {
      parts: [
        { kind: 'given', tokens: encode('[') },
        { kind: 'choice', among },
        { kind: 'choice', among },
        { kind: 'given', tokens: encode('], so') },
        { kind: 'choice', among: among.slice(3, 7) },
        { kind: 'given', tokens: encode(':') },
      ],
      endings: ['left', 'left fire', 'go'].map((text) => model.answer(text)),
    };
  });
  afterAll(() => {
    model[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(0);
  });

  /** Each choice by scoring all that may stand there behind the whole text so far. */
  async function naively(prompt: Prompt) {
    const text: number[] = [...prompt.tokens];
    const chosen: number[] = [];
    const { scoreAnswers } = await import('../../../src/model/inference/score.js');
    const { preprocess, readImageProcessing } = await import('../../../src/model/image/index.js');
    const processing = await readImageProcessing(join(FIXTURES, name));
    const features = tf.tidy(() => {
      const pictures = prompt.frames.map((frame) => preprocess(frame, processing));
      const pixels = pictures.map(({ height, width, data }) => tf.tensor3d(data, [height, width, 3]));
      return model.network.features(tf.stack(pixels) as tf.Tensor4D).dataSync<'float32'>();
    });
    const score = async (answers: readonly (readonly number[])[]): Promise<number[]> => {
      const none = { length: 0, layers: undefined };
      const whole = { tokens: text, frames: prompt.frames };
      return (await scoreAnswers(model.network, [whole], [answers], features, none))[0] as number[];
    };
    for (const part of template.parts) {
      if (part.kind === 'given') {
        text.push(...part.tokens);
        continue;
      }
      const scores = await score(part.among.map((token) => [token]));
      const token = part.among[scores.indexOf(Math.max(...scores))] as number;
      text.push(token);
      chosen.push(token);
    }
    return { chosen, scores: await score(template.endings) };
  }

  it('takes the likeliest tokens and scores the endings as naive scoring does, also as functions', async () => {
    const prompts = [ask(1), ask(2), ask(3)];
    const expected = await Promise.all(prompts.map(naively));
    for (let again = 0; again < 3; again++) {
      const filled = await model.fill(prompts, template);
      expect(filled.map(({ chosen }) => chosen)).toEqual(expected.map(({ chosen }) => chosen));
      for (const [i, { scores }] of filled.entries()) {
        expect(maxDifference(scores, expected[i]!.scores)).toBeLessThan(TOLERANCE);
      }
    }
  });

  it('scores endings as `score` does where nothing is left open', async () => {
    const prompts = [ask(1), ask(2)];
    const texts = ['left', 'left fire', 'go'];
    const filled = await model.fill(prompts, { ...template, parts: [] });
    const scores = await model.score(prompts, texts);
    for (const [i, one] of filled.entries()) {
      expect(one.chosen).toEqual([]);
      expect(maxDifference([...one.scores], scores[i] as number[])).toBeLessThan(TOLERANCE);
    }
  });

  it('fills prompts of different lengths, in their order', async () => {
    const prompts = [ask(1), ask(2, 'And now, what?'), ask(3), ask(4, 'And now, what?')];
    const together = await model.fill(prompts, template);
    for (const [i, prompt] of prompts.entries()) {
      const [alone] = await model.fill([prompt], template);
      expect(together[i]?.chosen).toEqual(alone?.chosen);
      expect(maxDifference([...together[i]!.scores], [...alone!.scores])).toBeLessThan(TOLERANCE);
    }
    expect(await model.fill([], template)).toEqual([]);
  });

  it('holds no more tensors after many', async () => {
    const prompts = [ask(1), ask(2)];
    for (let i = 0; i < 3; i++) await model.fill(prompts, template);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) await model.fill(prompts, template);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a template without endings or without a token to choose, and a prompt beyond the context', async () => {
    await expect(model.fill([ask(1)], { ...template, endings: [] })).rejects.toThrow(/0 endings/);
    const open: Template = { ...template, parts: [{ kind: 'choice', among: [] }] };
    await expect(model.fill([ask(1)], open)).rejects.toThrow(/1 choices among 0/);
    const long = model.prompt('<s>'.repeat(model.config.text.maxPositions - 4));
    await expect(model.fill([long], template)).rejects.toThrow(/does not fit the context/);
  });
});
