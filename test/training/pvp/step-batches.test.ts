/**
 * What a step is made of: pixel queries in one batch, everything else in another, and a scene asked as often as it
 * says.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainingRow } from '../../../src/model/learning/index.js';
import { Tokenizer } from '../../../src/model/text/index.js';
import { openBatchTools } from '../../../src/training/pvp/batch-tools.js';
import type { Stage } from '../../../src/training/pvp/recipe.js';
import { type BatchTools, stepBatches } from '../../../src/training/pvp/step-batches.js';
import { makeTinyStart, tinyRecipe } from './tiny-run.js';

let folder: string;
let tools: BatchTools;
let tokenizer: Tokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'step-batches-'));
  await makeTinyStart(folder);
  tools = await openBatchTools(tinyRecipe, folder);
  tokenizer = await Tokenizer.load(folder);
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

  it('judge each line of a made-up game where it ends, and only where that is asked for', () => {
    const tasks = { pixels: 0, captions: 0, questions: 0, boxes: 0, instructions: 1 };
    const rowsOf = (judging: number) => batchesOf({ tasks, judging_weight: judging })[0]?.rows ?? [];
    const [judged, plain] = [rowsOf(0.5), rowsOf(0)];
    expect(judged.map(exchangesOf).map((row) => row.map((one) => one.replace(' | ', ' ')))).toEqual(
      plain.map(exchangesOf).map((row) => row.map((one) => one.replace(' | ', ' '))),
    );
    const word = (token: number): string => tokenizer.decode([token]);
    for (const { given = [], answers, targets = [] } of judged) {
      for (const [i, answer] of answers.entries()) {
        const text = tokenizer.decode([...(given[i] ?? []), ...answer]);
        const lines = text.split('\n').filter((line) => line.startsWith('- '));
        const counted = (targets[i] ?? []).flatMap((one, at) => (one && one.length > 0 ? [{ at, one }] : []));
        const judgements = counted.slice(0, lines.length);
        // Only the line that is answered is true.
        const name = text.split('of one action.')[1]?.trim();
        // The small vocabulary cuts `yes` into pieces.
        const said = judgements.map(({ one }) => one.map(({ token, weight }) => `${word(token)[0]} ${weight}`).join());
        expect(said).toEqual(lines.map((line) => (line.startsWith(`- ${name}: `) ? 'y 0.5' : 'n 0.5')));
        // Each stands behind its line's end.
        for (const { at } of judgements) expect(word(answer[at - 1] as number)).toBe('\n');
      }
    }
  });
});
