/** What others recorded, written by their libraries, becomes a dataset of a game or is refused by what does not fit. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../../src/agent/index.js';
import { pythonCommand } from '../../../src/core/project-paths.js';
import { Dataset, exportLeRobot, type ImportFormat, importDataset } from '../../../src/datasets/index.js';
import { fakeDataset, scratchFolder, suiteFolder } from '../support/episodes.js';

const SCRIPT = fileURLToPath(new URL('../support/make_foreign.py', import.meta.url));
const TIMEOUT = 180_000;
const game = loadGame('carracing');
/** What the source's actions mean here, in its order. */
const ACTIONS = ['nothing', 'right', 'left', 'gas', 'brake'];

let root: string;
beforeAll(async () => {
  root = await suiteFolder();
  await execa(pythonCommand().executable, [SCRIPT, root], {
    env: { HF_HUB_OFFLINE: '1', HF_HOME: join(root, 'home') },
  });
}, TIMEOUT);

async function imported(name: string, format: ImportFormat, actions?: string[]) {
  const out = join(await scratchFolder(), 'out');
  const { missing } = await importDataset(join(root, name), { format, game, actions, out });
  return { missing, dataset: await Dataset.open(out) };
}

/** The picture that the script paints, by its first pixel. */
const pixel = (dataset: Dataset, frame: number): number[] => [...dataset.frame(frame).data.subarray(0, 3)];

describe('as others wrote it', { timeout: TIMEOUT }, () => {
  it('a table of Hugging Face, its actions said by the caller', async () => {
    const { missing, dataset } = await imported('hf', 'hf', ACTIONS);
    using _ = dataset;
    expect(dataset.episodes.map(({ steps, status }) => [steps, status])).toEqual(Array(3).fill([4, 'finished']));
    const steps = Array.from(dataset.indices(), (index) => dataset.step(index));
    expect(steps.map(({ action }) => action)).toEqual([0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 0]);
    expect(steps.map(({ reward }) => reward).slice(0, 3)).toEqual([0, 1 / 3, 2 / 3]);
    expect(steps[6]).toMatchObject({ label: 3, isNoise: false, probabilities: null });
    expect(pixel(dataset, (steps[6] as { frame: number }).frame)).toEqual([40, 40, 7]);
    expect(missing.join()).toMatch(/picture behind the last decision.*labels.*seeds/);
    expect(dataset.sources[0]?.description).toMatchObject({
      game: 'carracing',
      driver: { id: 'unknown' },
      imported: { format: 'hf', source: 'hf', missing },
    });
  });

  it.each(['minari', 'minari-arrow', 'minari-parquet'].flatMap((name) => [name, `${name}-jpeg`]))(
    '%s: the same environment, so the same actions',
    async (name) => {
      const { dataset } = await imported(name, 'minari');
      using _ = dataset;
      expect(dataset.episodes.map(({ seed, ending }) => [seed, ending])).toEqual(
        [10, 11, 12].map((seed) => [seed, 'terminated']),
      );
      const steps = Array.from(dataset.indices(), (index) => dataset.step(index));
      expect(steps.map(({ action }) => action)).toEqual([0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 0]);
      const seen = pixel(dataset, (steps[6] as { frame: number }).frame);
      const apart = seen.map((value, at) => Math.abs(value - ([40, 40, 7][at] as number)));
      expect(Math.max(...apart)).toBeLessThan(name.endsWith('jpeg') ? 4 : 1); // JPEG changes pixels
    },
  );

  it('LeRobot, without what only our exports carry: actions by their names', async () => {
    const settings = { actions: [...ACTIONS], stack: game.frames };
    using native = await Dataset.open(await fakeDataset(3, settings));
    for (const video of [false, true]) {
      const source = await exportLeRobot(native, { out: join(await scratchFolder(), 'robot'), video });
      await rm(join(source, 'agent-dataset.json'));
      const out = join(await scratchFolder(), 'out');
      await importDataset(source, { format: 'lerobot', game, out });
      using back = await Dataset.open(out);
      const actions = (dataset: Dataset) => Array.from(dataset.indices(), (index) => dataset.step(index).action);
      expect(actions(back)).toEqual(actions(native));
      expect(back.frame(1).data).toEqual(native.frame(1).data);
      expect(back.stack(2)).toEqual(native.stack(2));
    }
  });
});

describe('is refused', { timeout: TIMEOUT }, () => {
  it.each([
    ['names that mean nothing here', 'hf', 'hf', undefined, /means nothing in carracing/],
    ['numbers that nobody explains', 'minari-other', 'minari', undefined, /does not say what its actions mean/],
    ['explained by too few names', 'minari', 'minari', ['gas', 'brake'], /does not say what its actions mean/],
    ['an action of another game', 'hf', 'hf', ['fire', 'left', 'right', 'gas', 'brake'], /means nothing in carracing/],
  ] as const)('%s', async (_, name, format, actions, said) => {
    await expect(imported(name, format, actions && [...actions])).rejects.toMatchObject({
      code: 'dataset',
      summary: expect.stringMatching(said),
      details: { next: expect.stringContaining('--actions') },
    });
  });

  it('without a game, and a second picture that nobody chose', async () => {
    const out = join(await scratchFolder(), 'out');
    await expect(importDataset(join(root, 'hf'), { format: 'hf', out })).rejects.toMatchObject({ code: 'usage' });
    await expect(importDataset(join(root, 'hf'), { format: 'hf', game, image: 'wrist', out })).rejects.toMatchObject({
      details: { expected: 'one of image' },
    });
  });
});
