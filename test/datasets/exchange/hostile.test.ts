/** Files that mean harm are refused by name: nothing outside the folder is read or written, and nothing is left. */
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../../src/agent/index.js';
import { isAgentError } from '../../../src/core/index.js';
import { pythonCommand } from '../../../src/core/project-paths.js';
import {
  Dataset,
  datasetName,
  exportHuggingFace,
  exportLeRobot,
  exportMinari,
  type ImportFormat,
  importDataset,
} from '../../../src/datasets/index.js';
import { fakeDataset, scratchFolder, suiteFolder } from '../support/episodes.js';

const SCRIPT = fileURLToPath(new URL('../support/make_hostile.py', import.meta.url));
const game = loadGame('carracing');
const TIMEOUT = 120_000;

/** What is said, by the folder's name. */
const SAID: Readonly<Record<string, RegExp>> = {
  'hf-no-picture': /a picture cannot be read/,
  'hf-huge-picture': /a picture cannot be read|picture is of another size|pixel limit/,
  'hf-page-bomb': /a page that unpacks to/,
  'hf-row-bomb': /4 million rows/,
  'hf-other-columns': /there is no column of the episode|which column holds the picture/,
  'hf-texts': /the column episode does not fit|a picture cannot be read/,
  'hf-zstd': /packed with Snappy, gzip, Brotli or not at all\n.*ZSTD/,
  'hf-lz4': /packed with Snappy, gzip, Brotli or not at all\n.*LZ4/,
  'hf-cut': /a Parquet file cannot be read/,
  'hf-garbage': /a Parquet file cannot be read/,
  'hf-empty': /a Parquet file cannot be read/,
  'hf-two-tables': /different columns|no column|which column holds the picture/,
  'minari-soft-link': /is a link/,
  'minari-external-link': /is a link/,
  'minari-external-storage': /stored in another file/,
  'minari-virtual': /stored in another file/,
  'minari-bomb': /expected uint8|would unpack to/,
  'minari-endless': /would unpack to/,
  'minari-another-shape': /expected uint8 \(4, 96, 96, 3\)/,
  'minari-texts': /no column of numbers/,
  'minari-a-group': /another kind of thing/,
  'minari-short': /data cannot be used/,
  'minari-not-there': /has no episode_1/,
  'minari-cut': /data cannot be used/,
  'minari-garbage': /data cannot be used/,
  'minari-empty': /data cannot be used/,
  'minari-no-space': /observation_space/,
  'minari-pickle': /stored as 'pickle'/,
  'minari-a-million': /total_episodes is 'a million'/,
  'arrow-cut': /data cannot be used/,
  'arrow-garbage': /data cannot be used/,
  'arrow-empty': /data cannot be used/,
  'arrow-no-rewards': /rewards is not there/,
  'arrow-texts': /actions is a column of string/,
  'arrow-empty-rows': /empty rows/,
  'arrow-another-shape': /observations is a column of binary/,
  'arrow-two-rewards': /expected one number a row/,
  'arrow-no-folder': /no folder of episode 0/,
  'arrow-no-table': /has no arrow file/,
  'arrow-link': /holds a link/,
  'arrow-pipe': /no plain file/,
  'arrow-episode': /data cannot be used/,
  'arrow-zstd-bomb': /data cannot be used/,
  'arrow-lz4-bomb': /data cannot be used/,
  'arrow-offsets': /data cannot be used/,
};

/** The error, and that nothing is left beside what was there. */
async function refusal(source: string, format: ImportFormat, isOurs = true): Promise<string> {
  const folder = await scratchFolder();
  const error = await importDataset(source, { format, ...(isOurs ? {} : { game }), out: join(folder, 'out') }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(await readdir(folder)).toEqual([]);
  if (!isAgentError(error)) throw error ?? new Error('it was imported');
  expect(error.code).toBe('dataset');
  const { expected = '', got = '', where = '' } = error.details;
  return [error.summary, expected, got, where].join('\n');
}

describe('made by a script', { timeout: TIMEOUT }, () => {
  let root: string;
  let secret: string;
  beforeAll(async () => {
    root = await suiteFolder();
    secret = join(root, 'secret.bin');
    await mkdir(join(root, 'sources'));
    await writeFile(secret, Buffer.alloc(200_000, 7));
    await execa(pythonCommand().executable, [SCRIPT, join(root, 'sources'), secret]);
  }, TIMEOUT);

  it.each(Object.keys(SAID))('%s', async (name) => {
    const said = await refusal(join(root, 'sources', name), name.startsWith('hf') ? 'hf' : 'minari', false);
    expect(said).toMatch(SAID[name] as RegExp);
    expect(Buffer.alloc(200_000, 7).equals(await readFile(secret))).toBe(true);
  });
});

describe.each([
  ['hf', exportHuggingFace, 'data/train-00000.parquet'],
  ['lerobot', exportLeRobot, 'data/chunk-000/file-000.parquet'],
  ['minari', exportMinari, 'data/main_data.hdf5'],
] as const)('%s, in an export of ours', { timeout: TIMEOUT }, (format, write, file) => {
  async function exported(): Promise<string> {
    using dataset = await Dataset.open(await fakeDataset(2));
    return await write(dataset, { out: join(await scratchFolder(), 'source') });
  }

  it('a link in the place of a file, of a folder, and of the whole', async () => {
    const source = await exported();
    const path = join(source, file);
    await rename(path, join(source, '..', 'elsewhere'));
    await symlink(join(source, '..', 'elsewhere'), path);
    expect(await refusal(source, format)).toMatch(/holds a link/);
    await rm(path);
    const whole = await exported();
    await rename(join(whole, 'data'), join(whole, '..', 'data'));
    await symlink(join(whole, '..', 'data'), join(whole, 'data'));
    expect(await refusal(whole, format)).toMatch(/a link/);
    const link = join(await scratchFolder(), 'link');
    await symlink(await exported(), link);
    expect(await refusal(link, format)).toMatch(/the folder is a link/);
  });

  it('an archive, a missing file, and another layout', async () => {
    const source = await exported();
    const archive = join(await scratchFolder(), 'dataset.zip');
    await writeFile(archive, Buffer.from('504b030414000000', 'hex'));
    expect(await refusal(archive, format)).toMatch(/archives are not opened/);
    await rm(join(source, file));
    expect(await refusal(source, format)).toMatch(/missing|no Parquet|no tables|not those|no episodes|of 2/);
    expect(await refusal(await scratchFolder(), format)).toMatch(/missing|no Parquet/);
  });

  it('bytes changed anywhere in its data never give another dataset without a word', async () => {
    const folder = await scratchFolder();
    using dataset = await Dataset.open(await fakeDataset(2));
    const source = await write(dataset, { out: join(folder, 'source') });
    const name = datasetName(dataset);
    const path = join(source, file);
    const good = await readFile(path);
    const places = format === 'minari' ? 6 : 12; // each of Minari's starts Python twice
    for (let at = 8; at < good.length; at += Math.ceil(good.length / places)) {
      const bad = Buffer.from(good);
      bad.fill(0xff, at, Math.min(at + 8, bad.length));
      await writeFile(path, bad);
      const folder = await scratchFolder();
      const result = await importDataset(source, { format, out: join(folder, 'out') }).catch((error: unknown) => error);
      if (isAgentError(result)) expect(result.code).toBe('dataset');
      else {
        using back = await Dataset.open(join(folder, 'out'));
        expect(datasetName(back)).toBe(name);
      }
    }
  });
});

it('a video that is a playlist names no other file', { timeout: TIMEOUT }, async () => {
  using dataset = await Dataset.open(await fakeDataset(2));
  const source = await exportLeRobot(dataset, { out: join(await scratchFolder(), 'source'), video: true });
  const path = join(source, 'videos/observation.image/chunk-000/file-000.mp4');
  const elsewhere = join(source, '..', 'elsewhere.mp4');
  await cp(path, elsewhere);
  for (const content of [
    `#EXTM3U\n#EXTINF:1,\n${elsewhere}\n#EXT-X-ENDLIST\n`,
    `ffconcat version 1.0\nfile ${elsewhere}\n`,
    '',
  ]) {
    await writeFile(path, content);
    expect(await refusal(source, 'lerobot')).toMatch(/a video of the source/);
  }
});
