/** What is exported comes back bit for bit: the dataset has its old name, which stands for all of its content. */
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkDataset,
  compareDatasets,
  Dataset,
  datasetName,
  type ExportOptions,
  exportHuggingFace,
  exportLeRobot,
  exportMinari,
  type ImportFormat,
  importDataset,
} from '../../../src/datasets/index.js';
import { type DatasetChanges, fakeDataset, scratchFolder } from '../support/episodes.js';

type Exporter = (dataset: Dataset, options: ExportOptions) => Promise<string>;
const FORMATS: readonly [string, ImportFormat, Exporter][] = [
  ['hf', 'hf', exportHuggingFace],
  ['lerobot', 'lerobot', exportLeRobot],
  ['lerobot with videos', 'lerobot', (dataset, options) => exportLeRobot(dataset, { ...options, video: true })],
  ['minari', 'minari', exportMinari],
];

describe.each(FORMATS)('%s', { timeout: 120_000 }, (_, format, write) => {
  it('holds every decision, label, probability, flag and frame, and what the dataset says of itself', async () => {
    using dataset = await Dataset.open(await fakeDataset(20));
    const folder = await scratchFolder();
    const exported = await write(dataset, { out: join(folder, 'export') });
    const { missing } = await importDataset(exported, { format, out: join(folder, 'back') });
    expect(missing).toEqual([]);
    using back = await Dataset.open(join(folder, 'back'));
    const { isSame, fields, alike, episodes } = compareDatasets(dataset, back);
    expect({ isSame, fields, episodes, alike }).toEqual({ isSame: true, fields: [], episodes: [], alike: 20 });
    expect(datasetName(back)).toBe(datasetName(dataset));
    expect(back.episodes.map(({ seed, score }) => [seed, score])).toEqual(
      dataset.episodes.map(({ seed, score }) => [seed, score]),
    );
    expect(back.sources[0]?.description.imported).toMatchObject({ format, source: 'export', missing: [] });
    expect(await checkDataset(join(folder, 'back'))).toMatchObject({ problems: [], episodes: 20 });
  });

  it('is refused where its own files do not go together, and nothing is left', async () => {
    using dataset = await Dataset.open(await fakeDataset(3));
    using other = await Dataset.open(await fakeDataset(4));
    const folder = await scratchFolder();
    const exported = await write(dataset, { out: join(folder, 'export') });
    const second = await write(other, { out: join(folder, 'other') });
    await rm(join(exported, 'agent-episodes.parquet'));
    await cp(join(second, 'agent-episodes.parquet'), join(exported, 'agent-episodes.parquet'));
    await expect(importDataset(exported, { format, out: join(folder, 'back') })).rejects.toMatchObject({
      code: 'dataset',
      summary: 'agent-episodes.parquet does not go with agent-dataset.json',
    });
    expect((await readdir(folder)).sort()).toEqual(['export', 'other']);
  });
});

it('a gray picture, one frame and two actions come back too', async () => {
  const settings = {
    frame: { height: 8, width: 8, channels: 1 },
    stack: 1,
    actions: ['a', 'b'],
  } satisfies DatasetChanges;
  using dataset = await Dataset.open(await fakeDataset(2, settings));
  const folder = await scratchFolder();
  for (const [name, format, write] of FORMATS) {
    const exported = await write(dataset, { out: join(folder, `${name}-out`) });
    await importDataset(exported, { format, out: join(folder, name) });
    using back = await Dataset.open(join(folder, name));
    expect(datasetName(back), name).toBe(datasetName(dataset));
  }
});
