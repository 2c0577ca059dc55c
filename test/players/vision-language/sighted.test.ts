/** The model in a game with sights: answers in form, by a tokenizer with whole numbers and by one without. */

import { rm } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAction } from '../../../src/agent/index.js';
import type { Answer, Policy, Situation } from '../../../src/agent/policy.js';
import { createRandom, type Frame } from '../../../src/core/index.js';
import { type Prompt, VisionLanguageModel } from '../../../src/model/index.js';
import { paeLammKind } from '../../../src/players/vision-language/kinds.js';
import { promptFor } from '../../../src/players/vision-language/prompt-for.js';
import { sightedTemplate } from '../../../src/players/vision-language/sighted-template.js';
import { sightedWriter } from '../../../src/players/vision-language/sighted-writer.js';
import { SIGHTS, sightedGame } from '../../agent/support/games.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';

const game = sightedGame();

function situation(seed: number, attempt = 0): Situation {
  const random = createRandom(seed);
  const data = () => Uint8Array.from({ length: 24 * 24 * 3 }, () => random.integer(256));
  const frames = Array.from({ length: 4 }, (): Frame => ({ dtype: 'uint8', shape: [24, 24, 3], data: data() }));
  return { episode: 'a', step: 0, frames, observation: frames.at(-1) as Frame, attempt };
}

const textOf = (answer: Answer | undefined) => {
  if (answer?.kind !== 'text') throw new Error('expected text');
  return answer;
};

describe.each(['pae-lamm-mini', 'tiny'])('%s', (name) => {
  let folder: string;
  let policy: Policy;
  beforeAll(async () => {
    folder = name === 'tiny' ? await tinyCheckpoint() : `models/${name}`;
    policy = await paeLammKind.create(folder, { game });
    await policy.begin({ episode: 'a', game, seed: 1, env: {} as never });
  });
  afterAll(async () => {
    await policy[Symbol.asyncDispose]();
    if (name === 'tiny') await rm(folder, { recursive: true });
    expect(tf.memory().numTensors).toBe(0);
  });

  it('answers in form: the likeliest action behind the numbers, with its scores and what it cost', async () => {
    const answer = textOf((await policy.act([situation(1)]))[0]);
    const parse = parseAction(answer.raw, game.actions, game.sights);
    const best = answer.scores?.indexOf(Math.max(...answer.scores));
    expect(parse).toMatchObject({ ok: true, action: best, form: 'exact' });
    expect(answer.scores).toHaveLength(6);
    expect(answer.usage?.promptTokens).toBeGreaterThan(400);
    expect(policy.provenance?.answers).toBe('written');
  });

  it('answers three together as each alone, also asked again, and the same each time', async () => {
    const batch = [situation(1), situation(2), situation(3, 1)];
    const together = (await policy.act(batch)).map(textOf);
    for (const [i, one] of batch.entries()) {
      for (let again = 0; again < 2; again++) {
        const alone = textOf((await policy.act([one]))[0]);
        expect(alone.raw).toBe(together[i]?.raw);
        for (const [k, score] of alone.scores!.entries()) expect(score).toBeCloseTo(together[i]!.scores![k]!, 3);
      }
    }
    expect((await policy.act(batch)).map(textOf).map(({ raw }) => raw)).toEqual(together.map(({ raw }) => raw));
  });
});

describe('a model that writes freely', () => {
  it.each([
    ['[80, 95,0', '[80,95,0]left'],
    ['I see [80,95', 'left'],
    ['', 'left'],
  ])('wrote %j: what has the form of the numbers is kept, and the action scored behind it', async (text, raw) => {
    const asked: Prompt[] = [];
    const write = sightedWriter({
      tokenizer: { encode: (piece: string) => [...piece].map((sign) => sign.charCodeAt(0)) },
      generate: async () => [{ text, tokens: [], reason: 'stop' }],
      score: async (prompts: Prompt[]) => {
        asked.push(...prompts);
        return [[-6, -5, -4, -1, -2, -3]];
      },
    } as unknown as VisionLanguageModel);
    expect(await write(game, [{ tokens: [1, 2], frames: [] }])).toMatchObject([{ raw }]);
    expect(String.fromCharCode(...asked[0]!.tokens.slice(2))).toBe(raw.replace('left', ''));
  });
});

describe('pae-lamm-mini', () => {
  it('writes whole numbers: a token each, and the scores that `score` has behind them', async () => {
    using model = await VisionLanguageModel.load('models/pae-lamm-mini');
    await using policy = await paeLammKind.create('models/pae-lamm-mini', { game });
    await policy.begin({ episode: 'a', game, seed: 1, env: {} as never });
    const asked = situation(4);
    const { raw, scores, usage } = textOf((await policy.act([asked]))[0]);
    const written = /^\[\d+,\d+,\d+\]/.exec(raw)?.[0] ?? '';
    expect(parseAction(raw, game.actions, game.sights)).toMatchObject({ sights: expect.any(Array) });
    expect(usage?.answerTokens).toBe(3 + model.answer(raw.slice(written.length)).length);
    const prompt = promptFor(model, game, asked);
    const behind = { ...prompt, tokens: [...prompt.tokens, ...model.tokenizer.encode(written)] };
    const [own] = await model.score(
      [behind],
      game.actions.map((action) => action.name),
    );
    for (const [k, score] of scores!.entries()) expect(Math.abs(score - (own?.[k] as number))).toBeLessThan(1e-4);
  });

  it('has a template for one number as for six, and the tiny tokenizer has none', async () => {
    using model = await VisionLanguageModel.load('models/pae-lamm-mini');
    const one = sightedGame('sights: [{ name: cannon, description: its column }]\n');
    expect(sightedTemplate(model, one)?.parts.map(({ kind }) => kind)).toEqual(['choice', 'given']);
    const lines = Array.from({ length: 6 }, (_, i) => `  - { name: n${i}, description: d }\n`);
    const six = sightedGame(`sights:\n${lines.join('')}`);
    expect(sightedTemplate(model, six)?.parts.map(({ kind }) => kind)).toEqual(new Array(6).fill('choice'));
    const folder = await tinyCheckpoint();
    using tiny = await VisionLanguageModel.load(folder);
    await rm(folder, { recursive: true });
    expect(sightedTemplate(tiny, sightedGame(SIGHTS))).toBeUndefined();
  });
});
