/** New labels for old episodes: what was seen and done stays bit for bit, and the labeller sees it as it was played. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame, type Policy, type Situation } from '../../src/agent/index.js';
import { type EnvSpec, hashArray } from '../../src/core/index.js';
import { checkDataset, collect, compareDatasets, Dataset, relabel } from '../../src/datasets/index.js';
import { waysBack } from '../../src/datasets/way-back.js';
import { type Emulators, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { createPolicy } from '../../src/players/index.js';
import { fakeDataset, scratchFolder, suiteFolder } from './support/episodes.js';

/** The real emulators on a busy machine. */
const TIMEOUT = 180_000;
const game = loadGame('carracing');

let emulators: Emulators;
let folder: string;
let spec: EnvSpec;
const root = suiteFolder();

/** Driven by chance, labelled by the expert. */
beforeAll(async () => {
  folder = join(await root, 'collected');
  emulators = await startEmulators();
  const { env, ...settings } = game.emulator;
  await using environments = await makeVectorEnv(env, { ...settings, count: 2, emulators });
  const group = fromVectorEnv(environments);
  spec = group.spec;
  await using driver = await createPolicy('random', { game });
  await using labeller = await createPolicy('expert', { game });
  const options = { folder, game, driver, labeller, noise: 0.2, seeds: [5, 9, 6], groups: [group], maxDecisions: 12 };
  const { failures } = await collect({ ...options, isExact: true });
  expect(failures).toEqual([]);
}, TIMEOUT);
afterAll(() => emulators.close());

/** Says another action than the one that was right before, and keeps what it was shown. */
function contrary(dataset: Dataset, seen: Situation[] = []): Policy {
  return {
    id: 'contrary',
    provenance: { version: 2 },
    begin: async () => {},
    act: async (situations) =>
      situations.map((situation) => {
        const { label } = dataset.step(seen.push(situation) - 1);
        return { kind: 'action', action: (label + 1) % game.actions.length, value: 7 };
      }),
    end: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

describe('relabel', { timeout: TIMEOUT }, () => {
  it('by who labelled it before gives the same dataset', async () => {
    using dataset = await Dataset.open(folder);
    await using labeller = await createPolicy('expert', { game });
    const out = join(await scratchFolder(), 'same');
    expect(await relabel(dataset, { game, spec, labeller, out })).toMatchObject({ steps: 36, changed: 0 });
    using same = await Dataset.open(out);
    expect(compareDatasets(dataset, same)).toMatchObject({ isSame: true, alike: 3 });
    expect(await checkDataset(out)).toMatchObject({ problems: [], episodes: 3 });
  });

  it('by another changes labels, who labelled, and nothing else', async () => {
    using dataset = await Dataset.open(folder);
    const out = join(await scratchFolder(), 'other');
    const labeller = contrary(dataset);
    expect(await relabel(dataset, { game, spec, labeller, out })).toMatchObject({ steps: 36, changed: 36 });
    using made = await Dataset.open(out);
    const { labeller: _, ...before } = (dataset.sources[0] as Dataset['sources'][number]).description;
    expect(made.sources[0]?.description).toEqual({
      ...before,
      labeller: { id: 'contrary', provenance: { version: 2 } },
    });
    expect(made.episodes).toEqual(dataset.episodes);
    for (let index = 0; index < dataset.stepCount; index++) {
      const { label, probabilities: __, value: ___, ...kept } = dataset.step(index);
      const expected = { ...kept, label: (label + 1) % game.actions.length, probabilities: null, value: 7 };
      expect(made.step(index)).toEqual(expected);
    }
    for (let i = 0; i < dataset.frameCount; i++) expect(made.framePng(i)).toEqual(dataset.framePng(i));
  });

  it('takes a collection that was stopped, with a gap among its episodes', async () => {
    const actions = game.actions.map(({ name }) => name);
    const stopped = await fakeDataset(3, { frame: { height: 96, width: 96, channels: 3 }, actions }, 7);
    for (const kind of ['json', 'frames', 'parquet']) await rm(join(stopped, 'shards', `episode-000000.${kind}`));
    using dataset = await Dataset.open(stopped);
    const fake = { ...game, emulator: { ...game.emulator, env: 'Fake-v0' } };
    await using labeller = await createPolicy('constant:gas', { game });
    const out = join(await scratchFolder(), 'whole');
    await relabel(dataset, { game: fake, spec, labeller, out });
    using made = await Dataset.open(out);
    expect(made.sources[0]?.description.seeds).toEqual([8, 9]);
    expect(made.episodes.map(({ episode, seed }) => [episode, seed])).toEqual([
      [0, 8],
      [1, 9],
    ]);
  });

  it('shows every step as it was played, the same frame as the same object', async () => {
    using dataset = await Dataset.open(folder);
    const seen: Situation[] = [];
    const out = join(await scratchFolder(), 'shown');
    await relabel(dataset, { game, spec, labeller: contrary(dataset, seen), out });
    for (const [index, { step, frames, observation }] of seen.entries()) {
      expect(step).toBe(dataset.step(index).step);
      expect(frames.map(hashArray)).toEqual(dataset.stack(index).map(hashArray));
      expect(frames.at(-1)).toBe(observation);
      if (step > 0) expect(frames[0]).toBe(seen[index - 1]?.observation);
    }
  });

  it('tells the way back where the car is lost, and leaves every other label as it is', async () => {
    using dataset = await Dataset.open(folder);
    const out = join(await scratchFolder(), 'back');
    const { changed } = await relabel(dataset, { game, spec, isWayBackTold: true, out });
    using made = await Dataset.open(out);
    const before = dataset.sources[0]?.description.labeller;
    expect(made.sources[0]?.description.labeller).toEqual({ ...before, id: `${before?.id}, and the way back` });
    const gas = game.actions.findIndex(({ name }) => name === 'gas');
    let told = 0;
    for (let index = 0; index < dataset.stepCount; index++) {
      const [was, is] = [dataset.step(index), made.step(index)];
      const isKept = is.probabilities !== null;
      if (isKept) expect(is).toEqual(was);
      else expect(is).toEqual({ ...was, label: is.label, probabilities: null, value: null });
      // Every car stands at first.
      if (was.step === 0) expect(is).toMatchObject({ label: gas, probabilities: null });
      if (is.label !== was.label) told++;
    }
    expect(changed).toBe(told);
    expect(Array.from(made.indices()).some((index) => made.step(index).probabilities !== null)).toBe(true);
  });

  it('knows no way back in another game or for other episodes than were played', async () => {
    using dataset = await Dataset.open(folder);
    const out = join(await scratchFolder(), 'none');
    const nothing = relabel(dataset, { game, spec, out });
    await expect(nothing).rejects.toMatchObject({ code: 'usage' });
    const [first, ...others] = game.actions as [(typeof game.actions)[number], ...typeof game.actions];
    const renamed = { ...game, actions: [{ ...first, name: 'wait' }, ...others] };
    const way = waysBack(dataset, renamed);
    await expect(way.next()).rejects.toMatchObject({
      code: 'usage',
      summary: expect.stringMatching(/CarRacing alone/),
    });
    const [episode] = dataset.episodes;
    if (episode) Object.assign(episode, { score: episode.score + 1 });
    const other = relabel(dataset, { game, spec, isWayBackTold: true, out });
    await expect(other).rejects.toMatchObject({ code: 'dataset', message: expect.stringMatching(/played again/) });
    expect(existsSync(out)).toBe(false);
  });

  it('is stopped or refused without leaving anything', async () => {
    using dataset = await Dataset.open(folder);
    const out = join(await scratchFolder(), 'none');
    const stop = new AbortController();
    const stopping: Policy = {
      ...contrary(dataset),
      act: async (situations) => {
        if (situations[0]?.step === 3) stop.abort();
        return situations.map(() => ({ kind: 'action', action: 0 }));
      },
    };
    const talker: Policy = { ...stopping, id: 'talker', act: async () => [{ kind: 'text', raw: 'gas' }] };
    const stopped = relabel(dataset, { game, spec, labeller: stopping, out, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const refused = relabel(dataset, { game, spec, labeller: talker, out });
    await expect(refused).rejects.toMatchObject({ code: 'policy_failure' });
    using strange = await Dataset.open(await fakeDataset(1));
    const misfit = relabel(strange, { game, spec, labeller: talker, out });
    await expect(misfit).rejects.toMatchObject({ code: 'dataset', summary: expect.stringMatching(/does not fit/) });
    using two = await Dataset.open([folder, folder]);
    await expect(relabel(two, { game, spec, labeller: talker, out })).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(out)).toBe(false);
  });
});
