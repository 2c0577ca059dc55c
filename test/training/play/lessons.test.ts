/** Lessons of a scripted teacher: answers with sights. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../../src/agent/index.js';
import type { Dataset } from '../../../src/datasets/index.js';
import type { Teacher } from '../../../src/expert/teacher/index.js';
import { VisionLanguageModel } from '../../../src/model/index.js';
import type { Sample } from '../../../src/training/play/draw-sample.js';
import { Lessons } from '../../../src/training/play/lessons.js';
import { taughtAnswer } from '../../../src/training/play/sighted-targets.js';

const folder = 'models/pae-lamm-mini';
const game = loadGame('spaceinvaders');
const names = game.actions.map(({ name }) => name);
let model: VisionLanguageModel;

beforeAll(async () => {
  model = await VisionLanguageModel.load(folder);
});
afterAll(() => model[Symbol.dispose]());

/** Steps whose one frame says by its first pixel which step it is. */
function dataset(steps: number): Dataset {
  const frame = (index: number) => {
    const data = new Uint8Array(210 * 160 * 3);
    data[0] = index;
    return { dtype: 'uint8', shape: [210, 160, 3], data };
  };
  return {
    actions: names,
    stackSize: 1,
    frameShape: { height: 210, width: 160, channels: 3 },
    sources: [{ folder: 'drawn' }],
    indices: () => Int32Array.from({ length: steps }, (_, i) => i),
    step: (index: number) => ({ stack: [index], label: 0, probabilities: null }),
    stack: (index: number) => [frame(index)],
    frame,
  } as unknown as Dataset;
}

/** Sees a bomb in every tenth picture, and counts how often it is asked. */
function teacher(): Pick<Teacher, 'look'> & { looks: number } {
  return {
    looks: 0,
    look([frame]) {
      this.looks++;
      return { sights: [80, 95, (frame?.data[0] ?? 0) % 10 === 0 ? 84 : 0], action: 3 };
    },
  };
}

describe('lessons', () => {
  it('answer with sights, whose neighbours are nearly right, and then the action', () => {
    const { tokens, targets } = taughtAnswer(model, { sights: [80, 95, 84], action: 3 }, names, [1, 1, 0]);
    expect(model.tokenizer.decode(tokens.slice(0, -1))).toBe('[80,95,84]left');
    expect(targets).toHaveLength(tokens.length);
    const [cannon = [], , bomb = []] = targets;
    expect(cannon.map(({ token }) => model.tokenizer.decode([token]))).toEqual(
      [77, 78, 79, 80, 81, 82, 83].map((x) => `[${x}`),
    );
    expect(Math.max(...cannon.map(({ weight }) => weight))).toBe(cannon[3]?.weight);
    for (const place of targets) expect(place.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 6);
    expect(bomb).toEqual([{ token: tokens[2], weight: 1 }]);
  });

  it('do not leave the numbers that there are', () => {
    const [first = []] = taughtAnswer(model, { sights: [1, 255, 0], action: 0 }, names, [1, 1, 0]).targets;
    expect(model.tokenizer.decode([first[0]?.token as number])).toBe('[0');
  });

  it('look at each decision once', () => {
    const own = teacher();
    const lessons = new Lessons(own);
    const sample: Sample<Dataset> = { dataset: dataset(3), index: 1 };
    expect(lessons.of(sample)).toBe(lessons.of(sample));
    expect(own.looks).toBe(1);
  });
});
