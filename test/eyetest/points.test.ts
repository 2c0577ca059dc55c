/** Pointing: distances count, and a model that learnt boxes is asked for one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { numberResultOf, readNumberRuns, writePlan } from '../../src/eyetest/index.js';
import { askAsTrained } from '../../src/eyetest/numbers/ask-as-trained.js';
import { NumberRun } from '../../src/eyetest/numbers/number-run.js';
import { points } from '../../src/eyetest/numbers/points.js';
import { readNumbers } from '../../src/eyetest/numbers/read-numbers.js';

const PLAN = { seed: 5, side: 224, numbers: 12 };
const [test] = points as [(typeof points)[number]];

it.each([
  ['31, 40', [31, 40]],
  ['(31.5, 40)', [31.5, 40]],
  ['The picture is 64 by 64.\nx = 31, y = 40', [31, 40]],
])('%j is a place', (raw, numbers) => {
  expect(readNumbers(raw, { count: 2, together: 2, most: 63 })).toEqual({ numbers });
});

it.each([
  ['31', 'ambiguous'],
  ['31, 40 to 35, 44', 'ambiguous'],
  ['31, 64', 'illegal'],
])('%j is none: %s', (raw, unusable) => {
  expect(readNumbers(raw, { count: 2, together: 2, most: 63 })).toEqual({ unusable });
});

it('is off by the distance, not by column and row', async () => {
  const run = new NumberRun(test, 'asked', await test.open(PLAN));
  for (const trial of run.left) {
    const { question: _, ...planned } = run.plan(trial);
    const [x, y] = planned.truth as [number, number];
    run.add({ ...planned, numbers: [x - 3, y + 4], unusable: null, raw: '' });
  }
  const result = numberResultOf(run);
  expect(result).toMatchObject({ error: 5, median: 5 });
  expect(result.within.map(({ share }) => share)).toEqual([0, 1, 1]);
});

it('a model that learnt boxes points as it was trained, and is counted in the picture that was asked about', {
  timeout: 120_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), 'points-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'eyes');
  await writePlan(folder, {
    ...{ ...PLAN, format: 1, model: 'me', provenance: {}, each: null, most: 10 },
    ...{ tests: ['point-scenes'], versions: {}, checkpoint: true },
  });
  await askAsTrained('pae-lamm-objects', { folder });
  const runs = await readNumberRuns(folder);
  expect(runs.map(({ form, lines }) => [form, lines.length])).toEqual([
    ['asked', 0],
    ['trained', 12],
  ]);
  const { median, baselines, usable } = numberResultOf(runs[1] as NumberRun);
  expect(usable).toBe(12);
  // A pixel of its own picture is 2.3 of these; nine boxes of ten overlap by a half.
  expect(median as number).toBeLessThan(9);
  expect(baselines[0]?.error as number).toBeGreaterThan(40);
});
