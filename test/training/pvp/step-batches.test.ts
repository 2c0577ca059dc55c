/**
 * What a step is made of: pixel queries in one batch, everything else in another, and a scene asked as often as it
 * says.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingRow } from '../../../src/model/learning/index.js';
import { openBatchTools } from '../../../src/training/pvp/batch-tools.js';
import type { Stage } from '../../../src/training/pvp/recipe.js';
import { type BatchTools, stepBatches } from '../../../src/training/pvp/step-batches.js';
import { makeTinyStart, tinyRecipe } from './tiny-run.js';

let folder: string;
let tools: BatchTools;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'step-batches-'));
  await makeTinyStart(folder);
  tools = await openBatchTools(tinyRecipe, folder);
});
afterAll(() => rm(folder, { recursive: true }));

const stage = tinyRecipe.stages[2] as Stage;
const batchesOf = (changed: Partial<Stage>, step = 0) =>
  stepBatches({ ...tinyRecipe, stages: [{ ...stage, pictures: 12, ...changed }] }, step, tools);
const exchangesOf = ({ given, answers }: TrainingRow): string[] =>
  answers.map((answer, i) => `${given?.[i]?.join(' ')} | ${answer.join(' ')}`);

describe('the batches of a step', () => {
  it('are one of pixel queries and one of all other tasks, with the pictures of their rows', () => {
    const batches = batchesOf({ tasks: { pixels: 1, captions: 1, questions: 1, boxes: 1 } });
    expect(batches).toHaveLength(2);
    expect(batches.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(12);
    for (const { rows, pixels } of batches) expect(pixels).toHaveLength(rows.length * 24 * 24 * 3);
    const lengths = new Set(batches[0]?.rows.map(({ answers }) => answers.length));
    expect(lengths).toEqual(new Set([stage.queries]));
  });

  it('ask a scene more with more draws, and nothing twice', () => {
    const tasks = { pixels: 0, captions: 0, questions: 1, boxes: 0 };
    const [once] = batchesOf({ tasks, asks: 1 });
    const [thrice] = batchesOf({ tasks, asks: 3 });
    expect(thrice?.pixels).toEqual(once?.pixels);
    const asked = thrice?.rows.map(exchangesOf) ?? [];
    for (const row of asked) expect(new Set(row).size).toBe(row.length);
    const count = (rows: readonly TrainingRow[] = []) => rows.reduce((sum, { answers }) => sum + answers.length, 0);
    expect(count(thrice?.rows)).toBeGreaterThan(2 * count(once?.rows));
  });

  it('ask about scenes no harder than the stage has come to', () => {
    const tasks = { pixels: 0, captions: 0, questions: 0, boxes: 1 };
    const objects = (difficulty: [number, number]) =>
      Math.max(...(batchesOf({ tasks, difficulty, pictures: 40 })[0]?.rows ?? []).map(({ answers }) => answers.length));
    expect(objects([0, 1])).toBeLessThanOrEqual(2 * 2);
    expect(objects([1, 1])).toBeGreaterThan(2 * 2);
  });
});
