import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadGame, promptText } from '../../../src/agent/index.js';
import { createRandom } from '../../../src/core/index.js';
import { plainGame, swapNames, varyGame } from '../../../src/training/play/varied-game.js';

const car = loadGame('carracing');

describe('a game told otherwise', () => {
  it('has the names of two actions swapped, and says so in the prompt', () => {
    const { game, names, swapped } = swapNames(car, 1, 2);
    expect(swapped).toEqual([1, 2]);
    expect(names).toEqual(['nothing', 'left', 'right', 'gas', 'brake']);
    expect(game.actions.map(({ description }) => description)).toEqual(
      car.actions.map(({ description }) => description),
    );
    const prompt = promptText(game, 2, 0);
    expect(prompt).toContain('left: steer to the right');
    expect(prompt).toContain('right: steer to the left');
  });

  it('is itself when swapped twice', () => {
    const once = swapNames(car, 0, 4);
    expect(swapNames(once.game, 0, 4).game).toEqual(car);
  });

  it('always names every action once, with the description of what it does', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('carracing', 'spaceinvaders'), (seed, name) => {
        const plain = loadGame(name);
        const { game, names } = varyGame(plain, { swapped: 0.5, reordered: 0.5 }, createRandom(seed));
        expect([...names].sort()).toEqual(plain.actions.map((action) => action.name).sort());
        for (const [index, { description }] of plain.actions.entries()) {
          const told = game.actions.find((action) => action.description === description);
          expect(told?.name).toBe(names[index]);
        }
      }),
    );
  });

  it('is varied as often as asked for', () => {
    const random = createRandom(1);
    const told = Array.from({ length: 2000 }, () => varyGame(car, { swapped: 0.2, reordered: 0 }, random));
    const share = told.filter(({ swapped }) => swapped !== null).length / told.length;
    expect(share).toBeGreaterThan(0.17);
    expect(share).toBeLessThan(0.23);
    expect(varyGame(car, { swapped: 0, reordered: 0 }, random)).toEqual(plainGame(car));
  });
});
