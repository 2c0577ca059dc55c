/** Lessons of a scripted teacher: what stands in patches, answers with sights, which decisions are drawn. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGame } from '../../../src/agent/index.js';
import type { Dataset } from '../../../src/datasets/index.js';
import type { Teacher } from '../../../src/expert/teacher/index.js';
import { readImageProcessing } from '../../../src/model/image/index.js';
import { VisionLanguageModel } from '../../../src/model/index.js';
import { Trainer } from '../../../src/model/training/index.js';
import { drawAnew, REDRAWN } from '../../../src/training/model-start/draw-anew.js';
import type { Sample } from '../../../src/training/play/draw-sample.js';
import { Lessons } from '../../../src/training/play/lessons.js';
import { playBatches, type SampleRules } from '../../../src/training/play/play-samples.js';
import { placeCode, SCENE, sceneBatch } from '../../../src/training/play/scene-batch.js';
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
function teacher(): Teacher & { looks: number } {
  const things = { cannon: { x: 80, y: 190 }, bombs: [{ x: 84, y: 170 }], invaders: [] };
  return {
    looks: 0,
    look([frame]) {
      this.looks++;
      return { sights: [80, 95, (frame?.data[0] ?? 0) % 10 === 0 ? 84 : 0], action: 3 };
    },
    actionFor: () => 3,
    things: () => things,
  };
}

const rules: SampleRules = {
  seed: 1,
  batch: 8,
  tellings: 1,
  together: 1,
  newest: 0,
  balance: 0,
  swapped: 0,
  reordered: 0,
  from: 'picture',
  lessons: { blur: [1, 1, 0], complete: 0 },
};

async function batchesOf(changes: Partial<SampleRules>, steps = 50, updates = 20) {
  const processing = await readImageProcessing(folder);
  const samples = [{ game, share: 1, datasets: [dataset(steps)], lessons: new Lessons(teacher()) }];
  return Array.from({ length: updates }, (_, step) =>
    playBatches(samples, step, { ...rules, ...changes }, model, processing),
  ).flat();
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

  it('show bare pictures, the answer right behind each', async () => {
    const [batch] = await batchesOf({}, 50, 1);
    const [row] = batch?.rows ?? [];
    expect(row?.prompt).toHaveLength(1);
    expect(row?.given).toEqual(Array.from({ length: 8 }, () => new Array(144).fill(model.network.image.imageToken)));
    expect(row?.answers.map((tokens) => model.tokenizer.decode(tokens.slice(0, 2)))).toEqual(
      new Array(8).fill('[80,95'),
    );
  });

  it('draw from a pool again and again, and what is complete more often where they should', async () => {
    const pictures = (batches: Awaited<ReturnType<typeof batchesOf>>) =>
      batches.flatMap(({ pixels }) => (pixels as { names: readonly string[] }).names);
    expect(new Set(pictures(await batchesOf({ pool: 5 }))).size).toBeLessThanOrEqual(5);
    const complete = (all: readonly string[]) =>
      all.filter((name) => Number.parseInt(name, 10) % 10 === 0).length / all.length;
    const [plain, asked] = [
      pictures(await batchesOf({})),
      pictures(await batchesOf({ lessons: { blur: [], complete: 0.5 } })),
    ];
    expect(complete(plain)).toBeLessThan(0.2);
    expect(complete(asked)).toBeGreaterThan(0.35);
  });

  it('are missed with an error, not silently', async () => {
    const processing = await readImageProcessing(folder);
    const samples = [{ game, share: 1, datasets: [dataset(5)] }];
    expect(() => playBatches(samples, 0, rules, model, processing)).toThrow(/lessons/);
  });
});

describe('what stands in patches', () => {
  it('is told where it is, beside the place of every patch', async () => {
    const processing = await readImageProcessing(folder);
    const things = {
      cannon: { x: 80, y: 190 },
      bombs: [
        { x: 20, y: 150 },
        { x: 21, y: 154 },
        { x: 60, y: 100 },
      ],
      invaders: [],
    };
    const { features } = sceneBatch([{ sample: { dataset: dataset(1), index: 0 }, taught: { things } }], {
      model,
      processing,
    });
    const { values, weights } = features as { values: Float32Array; weights: Float32Array };
    const size = weights.length;
    const told = (patch: number, at: number, count: number) =>
      [...values.subarray(patch * size + SCENE.start + at, patch * size + SCENE.start + at + count)].map((value) =>
        expect.closeTo(value / SCENE.strength, 4),
      );
    const thing = (kind: number) => SCENE.placeSize + kind * SCENE.thingSize;
    for (let patch = 0; patch < 144; patch++) {
      expect(placeCode((patch % 12) + 0.5, Math.floor(patch / 12) + 0.5, 12)).toEqual(told(patch, 0, SCENE.placeSize));
      const isCannon = patch === 10 * 12 + 6;
      // 80 of 160 is where the seventh column begins.
      expect(isCannon ? [1, -1, 1] : [0, 0, 0]).toEqual(told(patch, thing(0), 3));
      const isBomb = patch === 8 * 12 + 1;
      // The lower of two, and not the one that is high up yet; 21 of 160 is 1.575 patches from the left.
      expect(isBomb ? [1, 0.15, 0.0225] : [0, 0, 0]).toEqual(told(patch, thing(1), 3));
      expect([0, 0, 0]).toEqual(told(patch, thing(2), 3));
    }
    expect([...weights.keys()].filter((at) => (weights[at] ?? 0) > 0)).toHaveLength(
      SCENE.placeSize + SCENE.kinds * SCENE.thingSize,
    );
  });

  it('is learnt by the projector alone', async () => {
    using learner = await VisionLanguageModel.load(folder);
    const processing = await readImageProcessing(folder);
    const trainer = new Trainer(learner.network, {
      schedule: { peak: 1e-3, warmup: 1, total: 6, floor: 1 },
      learning: ['projector'],
    });
    const samples = [{ game, share: 1, datasets: [dataset(4)], lessons: new Lessons(teacher()) }];
    const losses: number[] = [];
    for (let step = 0; step < 6; step++) {
      const batches = playBatches(samples, step, { ...rules, from: 'patches', pool: 4 }, learner, processing);
      losses.push((await trainer.step(batches)).loss);
    }
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
    for (const { name, part } of learner.network.parameters.specs) {
      const [before, after] = [model, learner].map(({ network }) => network.parameters.get(name).dataSync());
      const isSame = (before as Float32Array).every((value, i) => value === (after as Float32Array)[i]);
      expect([name, isSame]).toEqual([name, part !== 'projector']);
    }
  });

  it('tells every column and every row from every other', () => {
    const codes = Array.from({ length: 144 }, (_, patch) => placeCode(patch % 12, Math.floor(patch / 12), 12));
    for (const [a, one] of codes.entries()) {
      for (const [b, other] of codes.entries()) {
        const distance = Math.hypot(...one.map((value, i) => value - (other[i] as number)));
        if (a !== b) expect(distance).toBeGreaterThan(0.3);
      }
    }
  });
});

describe('drawing anew', () => {
  it('changes what looks and leaves what sees', async () => {
    using other = await VisionLanguageModel.load(folder);
    await drawAnew(other.network, ['projector', 'language'], 3);
    for (const { name } of model.network.parameters.specs) {
      const [before, after] = [model, other].map(({ network }) => network.parameters.get(name).dataSync());
      const isSame = (before as Float32Array).every((value, i) => value === (after as Float32Array)[i]);
      const isRedrawn = REDRAWN.projector.test(name) || REDRAWN.language.test(name);
      expect([name, isSame]).toEqual([name, !isRedrawn]);
    }
  });
});
