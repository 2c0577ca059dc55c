/** `agent train segment` and `agent segment`, on a network of a few thousand numbers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { makeTinyStart } from '../training/pvp/tiny-run.js';
import { agent, scratchFolder } from './agent-command.js';

const RECIPE = `
seed: 5
sets: { scenes: 1 }
steps: 3
pictures: 2
queries: 9
boxes: 0.4
learning: [projector, language]
optimizer: { peak: 0.01, warmup: 1, floor: 0.1 }
validation: { every: 2, expressions: 2 }
`;

it('trains, goes on, finds what words refer to, and measures', { timeout: 240_000 }, async () => {
  const folder = await scratchFolder();
  const [init, run, recipe] = [join(folder, 'start'), join(folder, 'run'), join(folder, 'tiny.yaml')];
  await makeTinyStart(init);
  await writeFile(recipe, RECIPE);
  const train = ['train', 'segment', '--config', recipe, '--init', init, '--out', run];
  const begun = await agent([...train, '--until', '2']);
  expect(begun).toMatchObject({ exitCode: 0 });
  expect(begun.stderr).toMatch(/step 2 {2}held out scenes \d+\.\d cIoU/);
  const ended = await agent([...train, '--json']);
  expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'finished', steps: 3 });
  const model = join(run, 'model');

  const picture = join(folder, 'picture.png');
  await sharp({ create: { width: 50, height: 40, channels: 3, background: '#c03020' } }).toFile(picture);
  const out = join(folder, 'found');
  const found = await agent(['segment', picture, 'the red "ring"', '--model', model, '--out', out, '--json']);
  expect(found.exitCode).toBe(0);
  const answer = JSON.parse(await readFile(join(out, 'answer.json'), 'utf8'));
  expect(answer).toMatchObject({ expression: 'the red "ring"', size: [40, 50], rle: { size: [40, 50] } });
  expect(JSON.parse(found.stdout)).toMatchObject(answer);
  for (const [file, channels] of [
    ['mask.png', 1],
    ['overlay.png', 3],
  ] as const) {
    expect(await sharp(join(out, file)).metadata()).toMatchObject({ width: 50, height: 40, channels });
  }

  const [table, sheet] = [join(folder, 'table.json'), join(folder, 'sheet.png')];
  const evaluate = ['segment', '--evaluate', 'scenes', '--count', '3', '--table', table, '--sheet', sheet];
  const shown = await agent([...evaluate, '--model', model, '--model', init]);
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(/^model +set +images +cIoU/);
  const { rows, paired } = JSON.parse(await readFile(table, 'utf8'));
  expect(rows).toMatchObject([
    { model: 'run', set: 'scenes', split: 'test', images: 3 },
    { model: 'start', set: 'scenes', split: 'test', images: 3 },
  ]);
  expect(paired).toMatchObject([{ set: 'scenes', a: 'run', b: 'start' }]);
  expect((await sharp(sheet).metadata()).width).toBeGreaterThan(600);
});

it('says what is missing', { timeout: 120_000 }, async () => {
  for (const [args, reason] of [
    [['segment'], /what shall be found/],
    [['segment', 'a.png', 'the ring'], /which model shall be asked/],
    [['segment', 'a.png', ' ', '--model', 'x'], /what shall be found/],
    [['segment', '--evaluate', 'squares', '--model', 'pae-lamm-mini'], /no such set/],
    [['segment', '--evaluate', 'scenes', '--split', 'testA', '--model', 'pae-lamm-mini'], /one of train, validation/],
    [['train', 'segment', '--config', 'configs/training/segment-mini.yaml'], /--init/],
  ] as const) {
    const { exitCode, stderr } = await agent(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/ {4}at /);
  }
});
