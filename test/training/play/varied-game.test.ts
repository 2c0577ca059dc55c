import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadGame, promptText } from '../../../src/agent/index.js';
import { createRandom } from '../../../src/core/index.js';
import { plainGame, renameAll, reorder, swapNames, varyGame } from '../../../src/training/play/varied-game.js';

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

  it('has a new name for every action in as many tellings as asked for, and else draws what it always drew', () => {
    const random = createRandom(2);
    const told = Array.from({ length: 400 }, () =>
      varyGame(car, { swapped: 0.5, reordered: 0.5, renamed: 0.25 }, random),
    );
    const own = car.actions.map(({ name }) => name).sort();
    const renamed = told.filter(({ names }) => [...names].sort().join() !== own.join());
    expect(renamed.length / told.length).toBeGreaterThan(0.19);
    expect(renamed.length / told.length).toBeLessThan(0.31);
    for (const { game, names, swapped } of renamed) {
      expect(swapped).toBeNull();
      expect(new Set(names).size).toBe(car.actions.length);
      for (const [index, { description }] of car.actions.entries()) {
        const line = game.actions.find((action) => action.description === description);
        expect(line).toEqual({ name: names[index], aliases: [], description });
      }
    }
    for (let seed = 0; seed < 50; seed++) {
      const chances = { swapped: 0.5, reordered: 0.5 };
      const without = varyGame(car, { ...chances, renamed: 0 }, createRandom(seed));
      expect(without.names).toEqual(varyGame(car, chances, createRandom(seed)).names);
    }
  });

  it('without new names is told as before there were any', () => {
    const told = varyGame(car, { swapped: 0.5, reordered: 0.5 }, createRandom(4));
    expect(told.game.actions.map(({ name }) => name)).toEqual(['gas', 'brake', 'left', 'right', 'nothing']);
  });

  it('never has two tellings with the same names for long, and keeps them in another order', () => {
    const random = createRandom(3);
    const tellings = Array.from({ length: 50 }, () => renameAll(car, random).names.join());
    expect(new Set(tellings).size).toBe(50);
    const other = reorder(renameAll(car, random), random);
    expect(other.game.actions.map(({ name }) => name).sort()).toEqual([...other.names].sort());
  });
});
