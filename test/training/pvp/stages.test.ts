/**
 * Three stages: what changes in which, that `frozen` differs in nothing else, and that an interruption leaves no
 * trace.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingBatch } from '../../../src/model/learning/index.js';
import type { Validation } from '../../../src/training/pvp/held-out-log.js';
import { type Recipe, runTraining, withFrozenEncoder } from '../../../src/training/pvp/index.js';
import { readScalars } from '../support/events.js';
import { batchesHere, makeTinyStart, partHashes, tinyRecipe } from './tiny-run.js';

let root: string;
let start: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pvp-stages-'));
  start = join(root, 'start');
  await makeTinyStart(start);
});
afterAll(() => rm(root, { recursive: true }));

async function train(
  recipe: Recipe,
  name: string,
  { until, seen }: { until?: number; seen?: (step: number, batches: readonly TrainingBatch[]) => void } = {},
): Promise<string> {
  const folder = join(root, name);
  const batches = await batchesHere(recipe, start, seen);
  await runTraining({ recipe, folder, start, batches, ...(until === undefined ? {} : { until }) });
  return folder;
}

describe('the three stages', () => {
  it('change the parts that they name, and leave the others bit for bit', async () => {
    const run = await train(tinyRecipe, 'whole');
    const [align, adapt, general] = await Promise.all(
      ['align', 'adapt', 'general'].map((stage) => partHashes(join(run, 'stages', stage))),
    );
    // Stages are kept in float16; the start is read through the same rounding by training no step at all.
    const begin = await partHashes(join(await train(tinyRecipe, 'nothing', { until: 0 }), 'model'));
    expect(align?.vision).toBe(begin.vision);
    expect(align?.projector).not.toBe(begin.projector);
    expect(align?.language).not.toBe(begin.language);
    expect(adapt?.vision).not.toBe(align?.vision);
    expect(adapt?.projector).not.toBe(align?.projector);
    expect(adapt?.language).not.toBe(align?.language);
    expect(general?.vision).toBe(adapt?.vision);
    expect(general?.projector).not.toBe(adapt?.projector);
    expect(general?.language).not.toBe(adapt?.language);
  });

  it('leave their errors on held-out pictures as TensorBoard events too', async () => {
    const run = await train({ ...tinyRecipe, validation: { ...tinyRecipe.validation, every: 2 } }, 'measured');
    const text = await readFile(join(run, 'held-out.jsonl'), 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Validation);
    expect(lines.map(({ step }) => step)).toEqual([2, 4, 6]);
    const expected = lines.flatMap(({ step, errors, unparsed }) => [
      ...Object.entries(errors).flatMap(([kind, value]) => (value === null ? [] : [{ kind, step, value }])),
      { kind: 'unparsed', step, value: unparsed },
    ]);
    const events = (await readScalars(join(run, 'events'))).filter(({ tag }) => tag.startsWith('held_out/'));
    expect(events).toEqual(
      expected.map(({ kind, step, value }) => ({ tag: `held_out/${kind}`, step, value: Math.fround(value) })),
    );
  });

  it('give `frozen` the same data, and never change its encoder', async () => {
    const shown: Record<string, unknown[]> = { ours: [], frozen: [] };
    await train(tinyRecipe, 'ours', { seen: (_, batches) => shown.ours?.push(batches) });
    const frozen = withFrozenEncoder(tinyRecipe);
    const run = await train(frozen, 'frozen', { seen: (_, batches) => shown.frozen?.push(batches) });
    expect(shown.frozen).toEqual(shown.ours);
    const begin = await partHashes(join(await train(tinyRecipe, 'nothing', { until: 0 }), 'model'));
    const end = await partHashes(join(run, 'model'));
    expect(end.vision).toBe(begin.vision);
    expect(end.language).not.toBe(begin.language);
  });

  it('go on after an interruption as if there had been none, across a stage too', async () => {
    const undisturbed = await partHashes(join(await train(tinyRecipe, 'undisturbed'), 'model'));
    for (const until of [1, 3, 4]) await train(tinyRecipe, 'interrupted', { until });
    const resumed = await partHashes(join(await train(tinyRecipe, 'interrupted'), 'model'));
    expect(resumed).toEqual(undisturbed);
  });

  it('are not mixed with those of another recipe in one folder', async () => {
    await train(tinyRecipe, 'mixed', { until: 1 });
    const other = { ...tinyRecipe, seed: tinyRecipe.seed + 1 };
    await expect(train(other, 'mixed')).rejects.toThrow('another recipe');
  });
});
