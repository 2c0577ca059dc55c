/** The task content: what is held against the projector's output, and what learns from it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import { createRandom } from '../../../src/core/random.js';
import { readModelConfig } from '../../../src/model/config/index.js';
import { type Recipe, runTraining } from '../../../src/training/pvp/index.js';
import { CODE, CONTENT_SIZE, PATCH_MARK, UNIT } from '../../../src/training/start/code/layout.js';
import { patchBasis } from '../../../src/training/start/patch-basis.js';
import { PatchContent } from '../../../src/training/start/patch-content.js';
import { batchesHere, makeTinyStart, partHashes, tinyRecipe } from '../pvp/tiny-run.js';

const [SIDE, PATCH] = [24, 8];
let root: string;
let start: string;
let content: PatchContent;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pvp-content-'));
  start = join(root, 'start');
  await makeTinyStart(start, { hidden_size: 192, intermediate_size: 32, layers: 1, heads: 6, context: 512 });
  content = new PatchContent(await readModelConfig(start));
});
afterAll(() => rm(root, { recursive: true }));

const pictureOf = (valueAt: (y: number, x: number, channel: number) => number): Frame => ({
  dtype: 'uint8',
  shape: [SIDE, SIDE, 3],
  data: Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) =>
    Math.round(valueAt(Math.floor(at / (3 * SIDE)), Math.floor(at / 3) % SIDE, at % 3)),
  ),
});
const contentAt = (patch: number) => patch * content.size + CODE.content.start;

describe('the content of patches', () => {
  it('has the pixels in it, as far as the functions tell them', () => {
    const basis = patchBasis(PATCH, CONTENT_SIZE);
    const random = createRandom(4, 'content');
    const coordinates = Array.from({ length: 9 }, () => basis.map(() => 0.2 * (random.next() - 0.5)));
    const inPatch = (values: readonly number[], index: number): number =>
      basis.reduce((sum, { values: wave }, i) => sum + (values[i] as number) * (wave[index] as number), 0);
    const patchOf = (y: number, x: number): number => 3 * Math.floor(y / PATCH) + Math.floor(x / PATCH);
    const picture = pictureOf((y, x, channel) => {
      const within = ((y % PATCH) * PATCH + (x % PATCH)) * 3 + channel;
      return 127.5 + 127.5 * inPatch(coordinates[patchOf(y, x)] as number[], within);
    });
    const told = content.of([picture]);
    const weights = content.weights();
    for (const [patch, expected] of coordinates.entries()) {
      const worst = expected.map((value, i) => {
        const at = contentAt(patch) + i;
        return Math.abs((told[at] as number) * (weights[CODE.content.start + i] as number) - value);
      });
      // Rounding to whole colours is all that is lost.
      expect(Math.max(...worst)).toBeLessThan(0.03);
    }
  });

  it('stands beside marks and a unit that are the same for all', () => {
    const told = content.of([pictureOf(() => 0), pictureOf((y) => 10 * y)]);
    for (let patch = 0; patch < 18; patch++) {
      const [constant, unit] = [CODE.constant.start, CODE.unit.start].map((at) => told[patch * content.size + at]);
      expect((constant as number) / (unit as number)).toBe(PATCH_MARK / UNIT);
    }
  });

  it('is refused where it has no room', async () => {
    const small = join(root, 'small');
    await makeTinyStart(small);
    const config = await readModelConfig(small);
    expect(() => new PatchContent(config)).toThrow('no room in this model');
  });
});

describe('a stage of the task content', () => {
  it('teaches encoder and projector, and leaves the language model bit for bit', async () => {
    const [align] = tinyRecipe.stages as [Recipe['stages'][number]];
    const tasks = { pixels: 0, captions: 0, questions: 0, boxes: 0, content: 1 };
    const stage = { ...align, name: 'content', steps: 40, learning: ['vision' as const, 'projector' as const], tasks };
    const recipe: Recipe = { ...tinyRecipe, stages: [stage] };
    const folder = join(root, 'run');
    const untouched = join(root, 'untouched');
    await runTraining({ recipe, folder: untouched, start, until: 0, batches: await batchesHere(recipe, start) });
    await runTraining({ recipe, folder, start, batches: await batchesHere(recipe, start) });
    const [before, after] = await Promise.all([untouched, folder].map((run) => partHashes(join(run, 'model'))));
    expect(after?.language).toBe(before?.language);
    expect(after?.vision).not.toBe(before?.vision);
    expect(after?.projector).not.toBe(before?.projector);
    const losses = (await readFile(join(folder, 'curve.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss);
    expect(losses).toHaveLength(40);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
  });
});
