/**
 * A real language model, not only random weights: SmolLM2-135M-Instruct continues texts as transformers does. Needs the
 * checkpoint that convert.py makes (0.5 GB, not part of the project); SMOLLM2 names its folder.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layOut } from '../../../src/model/sequence/layout.js';
import { VisionLanguageModel } from '../../../src/model/vision-language-model.js';
import { take } from '../network/golden.js';

interface Expected {
  readonly text: string;
  readonly ids: number[];
  readonly continuation: number[];
  readonly answer: string;
  readonly top: { readonly tokens: number[]; readonly logits: number[] };
}

const folder = process.env.SMOLLM2;

describe.skipIf(folder === undefined)('SmolLM2-135M-Instruct', () => {
  let model: VisionLanguageModel;
  let expected: Expected[];
  beforeAll(async () => {
    model = await VisionLanguageModel.load(folder as string);
    expected = JSON.parse(await readFile(join(folder as string, 'expected.json'), 'utf8'));
  }, 120_000);
  afterAll(() => model[Symbol.dispose]());

  it('tokenises as the reference', () => {
    for (const { text, ids } of expected) expect(model.tokenizer.encode(text)).toEqual(ids);
  });

  it('has the logits of the reference', () => {
    for (const { ids, top } of expected) {
      const logits = tf.tidy(() => {
        const { hidden } = model.network.run(layOut([{ prompt: ids, branches: [] }]), null);
        return model.network.logits(hidden, [ids.length - 1]);
      });
      const values = take(logits);
      for (const [i, token] of top.tokens.entries()) {
        expect(Math.abs((values[token] as number) - (top.logits[i] as number))).toBeLessThan(1e-3);
      }
    }
  }, 60_000);

  it('continues texts as the reference, all of them as one batch', async () => {
    const prompts = expected.map(({ text }) => model.prompt(text, [], false));
    const answers = await model.generate(prompts, { maxTokens: 16 });
    for (const [i, { continuation, answer }] of expected.entries()) {
      const end = continuation.findIndex((token) => model.tokenizer.endTokens.includes(token));
      expect(answers[i]?.tokens).toEqual(end < 0 ? continuation : continuation.slice(0, end));
      expect(answers[i]?.text).toBe(answer);
    }
  }, 120_000);
});
