/** A checkpoint that says its aim first, served: the same choices as its player makes, and no aim in any answer. */
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { createRandom, type Frame } from '../../src/core/index.js';
import { VisionLanguageModel } from '../../src/model/index.js';
import { modelAnswers } from '../../src/players/vision-language/player.js';
import { promptFor } from '../../src/players/vision-language/prompt-for.js';
import { scoresOf } from '../../src/service/aims.js';
import { batchAnswers, type Work } from '../../src/service/model-answers.js';
import { rename } from '../../src/training/play/varied-game.js';
import { noise } from './support/served.js';

const MODEL = resolve('models/pae-lamm-objects');
const { game } = rename(loadGame('carracing'), ['geta', 'left', 'gas', 'schneller', 'bo']);
const frames = [1, 2].map((seed): Frame => ({ dtype: 'uint8', shape: [24, 24, 3], data: noise(seed) }));
let folder: string;
let model: VisionLanguageModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aims-'));
  for (const file of await readdir(MODEL)) {
    if (file !== 'config.json') await symlink(join(MODEL, file), join(folder, file));
  }
  const config = JSON.parse(await readFile(join(MODEL, 'config.json'), 'utf8'));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, says_aims: true }));
  model = await VisionLanguageModel.load(folder);
});
afterAll(async () => {
  model[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const work = (changes: Partial<Work>): Work => ({
  prompt: promptFor(model, game, { frames, attempt: 0 }),
  form: { kind: 'free' },
  temperature: 0,
  random: createRandom(1),
  maxTokens: 4,
  stop: [],
  signal: new AbortController().signal,
  ...changes,
});

describe('a checkpoint that says its aim first, as a service', () => {
  it('scores choices behind the aim, as its player does', async () => {
    const [answer] = await modelAnswers(model)(game, [{ frames, attempt: 0 }]);
    const form = { kind: 'scored', key: 'k', parts: { sights: [], actions: game.actions } } as const;
    const [outcome] = await batchAnswers(model)([work({ form: { ...form, write: (_, choice) => choice } })]);
    expect(outcome?.text).toBe(answer?.raw);
    expect(outcome?.scored?.scores).toEqual(answer?.scores);
  });

  it('scores choices that the prompt does not list as any other checkpoint does', async () => {
    const { prompt } = work({});
    expect(await scoresOf(model, [prompt], ['geta', 'elsewhere'])).toEqual(
      await model.score([prompt], ['geta', 'elsewhere']),
    );
  });

  it('tells no aim in free text, which has the room that the client gave', async () => {
    const told: number[] = [];
    const [outcome] = await batchAnswers(model)([work({ onToken: (token) => void told.push(token) })]);
    const [whole] = await model.generate([work({}).prompt], { maxTokens: 5 });
    const tokens = whole?.tokens ?? [];
    expect(told).toEqual(tokens.slice(1));
    expect(outcome?.tokens).toBe(tokens.length - 1);
    expect(`${model.tokenizer.decode(tokens.slice(0, 1))}${outcome?.text}`).toBe(whole?.text);
  });
});
