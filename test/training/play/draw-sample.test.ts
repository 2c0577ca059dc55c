import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/index.js';
import { drawIndex, drawSample, type LabelledSteps } from '../../../src/training/play/draw-sample.js';

/** Steps with these labels, in this order. */
function steps(labels: readonly number[]): LabelledSteps {
  return {
    actions: ['noop', 'fire', 'left'],
    indices: () => Int32Array.from(labels.keys()),
    step: (index: number) => ({ label: labels[index] as number }) as ReturnType<LabelledSteps['step']>,
  };
}

/** Four in five are 1, the others 2; nobody ever does 0. */
const many = steps(Array.from({ length: 500 }, (_, i) => (i % 5 === 0 ? 2 : 1)));

function draw(datasets: readonly LabelledSteps[], rules: { newest: number; balance: number }, count = 4000) {
  const random = createRandom(11, 'draws');
  return Array.from({ length: count }, () => drawSample(datasets, rules, random));
}

function shareOf(label: number, balance: number): number {
  const drawn = draw([many], { newest: 0, balance });
  return drawn.filter(({ dataset, index }) => dataset.step(index).label === label).length / drawn.length;
}

describe('drawing decisions to learn from', () => {
  it('takes every decision alike, every action alike, or what lies between', () => {
    expect(shareOf(2, 0)).toBeCloseTo(0.2, 1);
    expect(shareOf(2, 1)).toBeCloseTo(0.5, 1);
    // Twice as often, where four times as many would be drawn: a third.
    expect(shareOf(2, 0.5)).toBeCloseTo(1 / 3, 1);
    expect(shareOf(0, 1)).toBe(0);
  });

  it('reaches every step of a label', () => {
    const drawn = draw([many], { newest: 0, balance: 1 }, 20_000);
    expect(new Set(drawn.map(({ index }) => index)).size).toBe(500);
  });

  it('takes the part asked for from the newest dataset', () => {
    const newest = steps([1, 1, 2, 2, 2]);
    const drawn = draw([many, newest], { newest: 0.5, balance: 0 });
    expect(drawn.filter(({ dataset }) => dataset === newest).length / drawn.length).toBeCloseTo(0.5, 1);
    expect(draw([many, newest], { newest: 1, balance: 0.5 }).every(({ dataset }) => dataset === newest)).toBe(true);
  });

  it('never draws what has no weight', () => {
    const random = createRandom(1, 'weights');
    for (let i = 0; i < 200; i++) expect(drawIndex([0, 1, 0], random)).toBe(1);
  });
});
