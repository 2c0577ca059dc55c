/** A checkpoint in this process in every way of playing. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGame, type PlayChoices, parseAction, withPlay } from '../../../src/agent/index.js';
import type { Answer, Policy, Situation } from '../../../src/agent/policy.js';
import { createRandom, type Frame } from '../../../src/core/index.js';
import { VisionLanguageModel } from '../../../src/model/index.js';
import { modelPolicy } from '../../../src/players/vision-language/player.js';
import { promptFor } from '../../../src/players/vision-language/prompt-for.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';

let folder: string;
let model: VisionLanguageModel;
let policy: Policy;
const car = loadGame('carracing');

beforeAll(async () => {
  folder = await tinyCheckpoint();
  model = await VisionLanguageModel.load(folder);
  policy = modelPolicy(model, { id: 'tiny', provenance: {} });
});
afterAll(async () => {
  await policy[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function picture(seed: number): Frame {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: 24 * 24 * 3 }, () => random.integer(256));
  return { dtype: 'uint8', shape: [24, 24, 3], data };
}

const situation = (changes: Partial<Situation> = {}): Situation => {
  const frames = [picture(1), picture(2)];
  return { episode: 'a', step: 0, frames, observation: frames[1] as Frame, attempt: 0, ...changes };
};

type Text = Extract<Answer, { kind: 'text' }>;

async function ask(play: PlayChoices, asked = situation(), seed = 1): Promise<Text> {
  await policy.begin({ episode: 'a', game: withPlay(car, play), seed, env: {} as never });
  const [answer] = await policy.act([asked]);
  if (answer?.kind !== 'text') throw new Error('expected text');
  return answer;
}

const names = car.actions.map(({ name }) => name);

describe('ways of playing', () => {
  it('change nothing where they are the default', async () => {
    const { raw, scores, ...more } = await ask({ think: null, history: 0, samples: 1 });
    expect(raw).toBe(names[scores!.indexOf(Math.max(...scores!))]);
    expect(Object.keys(more)).toEqual(['kind', 'usage']);
  });

  it('let the model think before it names an action', async () => {
    const answer = await ask({ think: { tokens: 12 } });
    expect(names).toContain(answer.raw);
    expect(answer.reasoning).toBeTypeOf('string');
    expect(answer.usage?.reasoningTokens).toBeLessThanOrEqual(12);
    expect(answer.usage?.answerTokens).toBeGreaterThan(answer.usage?.reasoningTokens as number);
    expect(await ask({ think: { tokens: 12 } })).toEqual(answer);
  });

  it('draw several answers, and take the action that most of them name', async () => {
    const answer = await ask({ samples: 9 });
    const votes = answer.samples!.map(({ action }) => action);
    expect(votes).toHaveLength(9);
    const count = (action: number | null): number => votes.filter((vote) => vote === action).length;
    const named = parseAction(answer.raw, car.actions);
    if (!named.ok) throw new Error('expected an action');
    expect(count(named.action)).toBe(Math.max(...votes.map(count)));
    expect(answer.usage?.promptTokens).toBe(9 * ((await ask({})).usage?.promptTokens as number));
  });

  it('draw the same for the same seed and decision, and other things for others', async () => {
    const votesOf = async (seed: number, step: number) =>
      (await ask({ samples: 9 }, situation({ step }), seed)).samples!.map(({ action }) => action);
    const first = await votesOf(1, 0);
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(await votesOf(1, 0)).toEqual(first);
    expect(await votesOf(2, 0)).not.toEqual(first);
    expect(await votesOf(1, 1)).not.toEqual(first);
  });

  it('let the model write freely, for a list too', async () => {
    const { scores, raw, usage } = await ask({ answers: 'written' });
    expect(scores).toBeUndefined();
    const [free] = await model.generate([promptFor(model, car, situation())], { maxTokens: 32 });
    expect(raw).toBe(free?.text);
    expect(usage?.answerTokens).toBeGreaterThan(0);
    expect((await ask({ plan: 3 })).scores).toBeUndefined();
  });

  it('show the decisions before, and those of another player', async () => {
    const past = [{ frame: picture(3), raw: 'left', executed: 2 }];
    const plain = promptFor(model, car, situation());
    const told = promptFor(model, car, situation({ past }), [{ frames: [picture(4), picture(5)], answer: 'gas' }]);
    expect(told.frames.map(({ data }) => data)).toEqual([4, 5, 3, 1, 2].map((seed) => picture(seed).data));
    expect(told.tokens.length).toBeGreaterThan(plain.tokens.length);
    expect(names).toContain((await ask({ history: 1 }, situation({ past }))).raw);
  });
});
