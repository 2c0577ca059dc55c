/** The tasks about boxes and instructions: what is asked, and that the answer follows from what is told. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { instructionSet, openScenes, parseBox, rightName, tellMadeUp } from '../../../src/training/pictures/index.js';
import { isHeldOutName } from '../../../src/training/pictures/made-up-games/names.js';
import { scoreInstructions } from '../../../src/training/pvp/language-accuracy.js';
import { exchangesOf } from '../../../src/training/tasks/language.js';

const scenes = openScenes({ side: 48, difficulty: [0.3, 1] });
const samples = Array.from({ length: 40 }, (_, index) => scenes.sample('train', index));

describe('a box is told, and what is in it is asked for', () => {
  it('answers with an object of the scene whose box it is', () => {
    let count = 0;
    for (const sample of samples) {
      for (const { asked, answer } of exchangesOf('namings', sample, createRandom(1, 'namings'))) {
        const box = parseBox(/\[[\d,]+\]/.exec(asked)?.[0] ?? '');
        const object = sample.drawn?.boxes.findIndex((other) => other.join() === box?.join()) ?? -1;
        const { colour, shape } = sample.drawn?.scene.objects[object] ?? {};
        expect(answer).toBe(`${colour} ${shape}`);
        count++;
      }
    }
    expect(count).toBeGreaterThan(40);
  });
});

describe('instructions of made-up games', () => {
  it('are told twice, with the names of two actions exchanged and another answer', () => {
    let count = 0;
    for (const sample of samples) {
      const told = exchangesOf('instructions', sample, createRandom(2, 'instructions'));
      if (told.length === 0) continue;
      const [plain, swapped] = told as [(typeof told)[number], (typeof told)[number]];
      count++;
      expect(plain.answer).not.toBe(swapped.answer);
      const lineOf = ({ asked, answer }: typeof plain) =>
        asked
          .split('\n')
          // The answer is the name with the space before it, as it stands in its line.
          .find((line) => line.startsWith(`-${answer}: `))
          ?.split(': ')[1];
      // The same condition is true of the picture; another name stands before it.
      expect(lineOf(plain)).toBeDefined();
      expect(lineOf(swapped)).toBe(lineOf(plain));
    }
    expect(count).toBeGreaterThan(30);
  });

  it('are measured with names that training never has, and a model that knows one telling by heart fails', () => {
    const items = instructionSet({ side: 48, count: 30 });
    const names = items.flatMap(({ plain }) => plain.actions.map(({ name }) => name));
    expect(names.some(isHeldOutName)).toBe(true);
    const always = items.flatMap(({ plain }) => [rightName(plain), rightName(plain)]);
    expect(scoreInstructions(items, always)).toMatchObject({ plain: 1, swapped: 0, both: 0 });
    const reads = items.flatMap(({ plain, swapped }) => [rightName(plain), ` ${rightName(swapped)}`]);
    const score = scoreInstructions(items, reads);
    expect(score).toMatchObject({ plain: 1, swapped: 1, both: 1 });
    expect(score.chance).toBeGreaterThan(0.2);
    expect(score.chance).toBeLessThan(0.5);
    expect(items.every(({ plain, swapped }) => tellMadeUp(plain) !== tellMadeUp(swapped))).toBe(true);
  });
});
