/** Conversations for other models: exactly the harness's prompt, the stored pictures, and the right answer. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  buildConversation,
  fromVectorEnv,
  loadGame,
  parseAction,
  splitSighted,
  withPlay,
  writeSighted,
} from '../../../src/agent/index.js';
import type { Frame } from '../../../src/core/index.js';
import { collect, Dataset, exportChat } from '../../../src/datasets/index.js';
import { makeVectorEnv } from '../../../src/env-bridge/index.js';
import { type Lesson, type Teacher, teacherOf } from '../../../src/expert/teacher/index.js';
import { createPolicy } from '../../../src/players/index.js';
import { fakeDataset, scratchFolder } from '../support/episodes.js';

interface Row {
  readonly messages: readonly { role: string; content: readonly { type: string; text?: string }[] }[];
  readonly images: readonly string[];
}

const lines = async (folder: string, split: string): Promise<Row[]> =>
  (await readFile(join(folder, `${split}.jsonl`), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** What a player of the harness is asked in the situation of a step. */
function asked(game: ReturnType<typeof loadGame>, dataset: Dataset, index: number) {
  const [message] = buildConversation(game, { frames: dataset.stack(index), attempt: 0 });
  return message?.content.map((part) => (part.kind === 'text' ? { type: 'text', text: part.text } : { type: 'image' }));
}

it('asks what a player is asked, shows what it is shown, and answers with the label', async () => {
  const game = loadGame('carracing');
  using dataset = await Dataset.open(await fakeDataset(10, { actions: game.actions.map(({ name }) => name) }));
  // The fake environment has another name; the prompt is the game's.
  const same = { ...game, emulator: { ...game.emulator, env: 'Fake-v0' } };
  const out = await exportChat(dataset, { out: join(await scratchFolder(), 'chat'), game: same });
  const rows = [...(await lines(out, 'train')), ...(await lines(out, 'validation'))];
  const ordered = [...dataset.indices('train'), ...dataset.indices('validation')].map((index) => dataset.step(index));
  expect(rows).toHaveLength(ordered.length);
  for (const [at, step] of ordered.entries()) {
    const { messages, images } = rows[at] as Row;
    expect(messages[0]).toEqual({ role: 'user', content: asked(same, dataset, step.index) });
    expect(messages[1]?.content).toEqual([{ type: 'text', text: game.actions[step.label]?.name }]);
    expect(images).toHaveLength(game.frames);
    for (const [place, name] of images.entries()) {
      const stored = dataset.framePng(step.stack[place] as number);
      expect(Buffer.compare(await readFile(join(out, name)), stored)).toBe(0);
    }
  }
  const llava = JSON.parse(await readFile(join(out, 'train.llava.json'), 'utf8'));
  const train = await lines(out, 'train');
  expect(llava.map(({ image }: { image: string[] }) => image)).toEqual(train.map(({ images }) => images));
  for (const { image, conversations } of llava) {
    expect(conversations[0].value.split('<image>')).toHaveLength(image.length + 1);
    expect(parseAction(conversations[1].value, same.actions).ok).toBe(true);
  }
});

it('names the picture of a game of one frame as the first LLaVA reads it: one name, no list', async () => {
  const racing = loadGame('carracing');
  const game = { ...racing, frames: 1, emulator: { ...racing.emulator, env: 'Fake-v0' } };
  const actions = game.actions.map(({ name }) => name);
  using dataset = await Dataset.open(await fakeDataset(1, { actions, stack: 1 }));
  const out = await exportChat(dataset, { out: join(await scratchFolder(), 'chat'), game });
  const rows = await lines(out, 'train');
  const llava: { image: string }[] = JSON.parse(await readFile(join(out, 'train.llava.json'), 'utf8'));
  expect(rows).not.toHaveLength(0);
  expect(llava.map(({ image }) => image)).toEqual(rows.map(({ images }) => images[0]));
});

it('with sights says what is to be seen, and without asks for the action alone', { timeout: 120_000 }, async () => {
  const game = loadGame('spaceinvaders');
  const folder = await scratchFolder();
  const { env, ...settings } = game.emulator;
  await using vector = await makeVectorEnv(env, { ...settings, count: 1 });
  await using teacher = await createPolicy('teacher', { game });
  const groups = [fromVectorEnv(vector)];
  const data = join(folder, 'data');
  await collect({ folder: data, game, driver: teacher, labeller: teacher, seeds: [1], groups, maxDecisions: 30 });
  using dataset = await Dataset.open(data);
  const look = (frames: readonly Frame[]): Lesson => (teacherOf(game) as Teacher).look(frames);
  const blind = withPlay(game, { sights: 'off' });
  const [sighted, plain] = await Promise.all([
    exportChat(dataset, { out: join(folder, 'sighted'), game }),
    exportChat(dataset, { out: join(folder, 'plain'), game: blind }),
  ]);
  const [withSights, without] = await Promise.all([lines(sighted, 'train'), lines(plain, 'train')]);
  for (let index = 0; index < dataset.stepCount; index++) {
    const answer = (withSights[index] as Row).messages[1]?.content[0]?.text as string;
    const name = game.actions[dataset.step(index).label]?.name as string;
    const { sights } = look(dataset.stack(index));
    expect(answer).toBe(writeSighted(sights, name));
    expect(splitSighted(game, answer).sights).toEqual(sights);
    expect((withSights[index] as Row).messages[0]?.content).toEqual(asked(game, dataset, index));
    expect((without[index] as Row).messages[0]?.content).toEqual(asked(blind, dataset, index));
    expect((without[index] as Row).messages[1]?.content[0]?.text).toBe(name);
  }
});

it('is refused for a game that the data is not of', async () => {
  using dataset = await Dataset.open(await fakeDataset(1));
  const out = join(await scratchFolder(), 'chat');
  await expect(exportChat(dataset, { out, game: loadGame('carracing') })).rejects.toMatchObject({
    summary: 'the data does not fit the game: its actions are others',
  });
});
