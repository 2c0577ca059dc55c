/** A checkpoint that says its aim first, served: the same choices as its player makes, and no aim in any answer. */
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { createRandom, type Frame } from '../../src/core/index.js';
import { type Prompt, VisionLanguageModel } from '../../src/model/index.js';
import { modelAnswers } from '../../src/players/vision-language/player.js';
import { promptFor } from '../../src/players/vision-language/prompt-for.js';
import { behindAims, scoresOf } from '../../src/service/aims.js';
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

  it('asks a batch of different lists and choices each as if it were alone', async () => {
    const other = rename(game, ['geta', 'bo', 'gas', 'schneller', 'left']).game;
    const prompts = [game, other, game].map((told) => promptFor(model, told, { frames, attempt: 0 }));
    const choices = game.actions.map(({ name }) => name);
    const together = await scoresOf(model, prompts, choices);
    for (const [i, prompt] of prompts.entries()) {
      const [alone] = await scoresOf(model, [prompt], choices);
      for (const [k, score] of (alone as number[]).entries()) expect(together[i]?.[k]).toBeCloseTo(score, 3);
    }
    expect(together[0]).not.toEqual(together[1]);
  });

  it('tells no aim in free text, which has the room and the stops that the client gave', async () => {
    const prompt = promptFor(model, game, { frames, attempt: 0 });
    const [aim] = await model.generate([prompt], { maxTokens: 1 });
    const [behind] = await behindAims(model, [prompt]);
    expect(behind?.tokens).toEqual([...prompt.tokens, ...(aim?.tokens ?? [])]);
    expect(aim?.tokens).toHaveLength(1);
    // Something that is long: drawn at a temperature at which ends are rare.
    const hot = { temperature: 3, maxTokens: 6 };
    const told: number[] = [];
    const asked = work({ ...hot, random: createRandom(5), onToken: (token) => void told.push(token) });
    const [outcome] = await batchAnswers(model)([asked]);
    const [own] = await model.generate([behind as Prompt], { ...hot, random: createRandom(5) });
    expect(told).toEqual(own?.tokens);
    expect(told.length).toBeGreaterThan(1);
    expect(outcome).toMatchObject({ text: own?.text, tokens: own?.tokens.length });
    const [stopped] = await batchAnswers(model)([work({ stop: [aim?.text ?? ''] })]);
    const [unstopped] = await batchAnswers(model)([work({})]);
    expect(stopped?.text.length).toBeLessThanOrEqual(unstopped?.text.length ?? 0);
  });

  it('answers a question without a list of actions as any other checkpoint does', async () => {
    const question = model.prompt('What is red?\n');
    expect(await behindAims(model, [question])).toEqual([question]);
  });
});
