/** The model as a player: prompts from the game, answers as text of legal actions, batches and games apart. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadGame } from '../../../src/agent/game/load.js';
import type { Policy, Situation } from '../../../src/agent/policy.js';
import { createRandom, type Frame } from '../../../src/core/index.js';
import { preprocess, readImageProcessing } from '../../../src/model/index.js';
import { openServices } from '../../../src/players/http/services.js';
import { paeLammKind } from '../../../src/players/vision-language/kinds.js';
import { tinyCheckpoint } from '../../model/tiny-checkpoint.js';

let folder: string;
let policy: Policy;
const car = loadGame('carracing');
const space = loadGame('spaceinvaders');
const env = {} as never;

beforeAll(async () => {
  folder = await tinyCheckpoint();
  policy = await paeLammKind.create(folder, { game: car });
  for (const [episode, game] of [
    ['a', car],
    ['b', car],
    ['c', space],
  ] as const) {
    await policy.begin({ episode, game, seed: 1, env });
  }
});
afterAll(async () => {
  await policy[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  expect(tf.memory().numTensors).toBe(0);
});

function situation(episode: string, frames: number, seed: number, attempt = 0): Situation {
  const random = createRandom(seed);
  const frame = (): Frame => ({
    dtype: 'uint8',
    shape: [24, 24, 3],
    data: Uint8Array.from({ length: 24 * 24 * 3 }, () => random.integer(256)),
  });
  const stack = Array.from({ length: frames }, frame);
  return { episode, step: 0, frames: stack, observation: stack.at(-1) as Frame, attempt };
}

describe('pae-lamm', () => {
  it('answers with the text of the likeliest action, its scores and what it cost', async () => {
    const [answer] = await policy.act([situation('a', 2, 1)]);
    if (answer?.kind !== 'text') throw new Error('expected text');
    const names = car.actions.map((action) => action.name);
    expect(answer.scores).toHaveLength(names.length);
    expect(answer.raw).toBe(names[answer.scores!.indexOf(Math.max(...answer.scores!))]);
    expect(answer.scores!.every((score) => score < 0)).toBe(true);
    expect(answer.usage?.promptTokens).toBeGreaterThan(200);
  });

  it('answers a batch of episodes and games in order, each as if it were alone', async () => {
    const batch = [situation('c', 4, 2), situation('a', 2, 3), situation('b', 2, 4, 1), situation('c', 4, 5)];
    const together = await policy.act(batch);
    for (const [i, one] of batch.entries()) {
      const [alone] = await policy.act([one]);
      const [scores, own] = [together[i], alone].map((answer) => (answer?.kind === 'text' ? answer.scores : undefined));
      expect(scores).toHaveLength(one.episode === 'c' ? 6 : 5);
      for (const [k, score] of scores!.entries()) expect(score).toBeCloseTo(own![k] as number, 3);
    }
  });

  it('can be looked at without its weights: the pictures of its vision tower, before normalisation', async () => {
    const view = await paeLammKind.view?.(folder, { game: car });
    const processing = await readImageProcessing(folder);
    const { frames } = situation('a', 3, 6);
    const seen = frames.map((frame) => view?.(frame) ?? []);
    // The first frame stands for those before it.
    const given = [
      [0, 0],
      [0, 1],
      [1, 2],
    ].map((stack) => stack.map((index) => preprocess(frames[index]!, processing)));
    for (const [step, pictures] of given.entries()) {
      for (const [i, { data, height, width }] of pictures.entries()) {
        const { shape, data: bytes } = seen[step]![i]!;
        expect(shape).toEqual([height, width, 3]);
        const { mean, deviation, rescale } = processing;
        const normal = Float32Array.from(bytes, (value, at) => (value * rescale - mean[at % 3]!) / deviation[at % 3]!);
        expect(normal).toEqual(data);
      }
    }
  });

  it('says which weights played, and on what', () => {
    expect(policy.id).toBe(`pae-lamm:${folder}`);
    expect(policy.provenance).toMatchObject({ checkpoint: expect.stringMatching(/^[0-9a-f]{32}$/), device: 'cpu' });
  });

  it('says once, and in the record, that a checkpoint without a chat template is asked in plain text', async () => {
    expect(policy.provenance).not.toHaveProperty('chat_template');
    const bare = await tinyCheckpoint();
    onTestFinished(() => rm(bare, { recursive: true }));
    await rm(join(bare, 'chat_template.jinja'), { force: true });
    const path = join(bare, 'tokenizer_config.json');
    const { chat_template: _, ...config } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify(config));
    const told: string[] = [];
    const services = await openServices({ onWarning: (sentence) => told.push(sentence) });
    await using plain = await paeLammKind.create(bare, { game: car, services });
    expect(told).toEqual([expect.stringMatching(/no chat template: it is asked in plain text/)]);
    expect(plain.provenance).toMatchObject({ chat_template: expect.stringMatching(/^none/) });
    await paeLammKind.create(folder, { game: car, services }).then((other) => other[Symbol.asyncDispose]());
    expect(told).toHaveLength(1);
  });

  it('refuses an episode that it does not know, a cancelled call, and a model that is not there', async () => {
    await policy.end('b');
    await expect(policy.act([situation('b', 2, 1)])).rejects.toThrow(/episode b/);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(policy.act([situation('a', 2, 1)], { signal })).rejects.toThrow('enough');
    await expect(paeLammKind.create('no-such-model', { game: car })).rejects.toThrow(/no such model\n.*config\.json/);
  });
});
