/** Games that only who reads the instructions can play. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/core/random.js';
import { makeScene } from '../../../src/training/pictures/index.js';
import { CONDITION_KINDS } from '../../../src/training/pictures/made-up-games/conditions.js';
import {
  type MadeUpGame,
  makeUpGame,
  rightName,
  swapMadeUp,
  tellMadeUp,
} from '../../../src/training/pictures/made-up-games/made-up-game.js';
import { isHeldOutName } from '../../../src/training/pictures/made-up-games/names.js';
import { placeOf } from '../../../src/training/pictures/scenes/places.js';
import type { Scene, SceneObject } from '../../../src/training/pictures/scenes/scene.js';

const COUNT = 1500;
const games = Array.from({ length: COUNT }, (_, seed) => {
  const scene = makeScene(seed, (seed % 5) / 4);
  return { scene, game: makeUpGame(scene, 'train', createRandom(seed, 'made up')) };
}).filter((one): one is { scene: Scene; game: MadeUpGame } => one.game !== undefined);

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const has = (object: SceneObject, words: string): boolean =>
  words.split(' ').every((word) => word === 'object' || word === object.colour || word === object.shape);

/** Whether a condition is true of a scene, by its words alone. */
function isTrue(description: string, { objects }: Scene): boolean {
  const find = (words: string): SceneObject => {
    const found = objects.filter((object) => has(object, words));
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const existence = /^when there is an? (\w+ \w+)$/.exec(description);
  if (existence) return objects.some((object) => has(object, existence[1]!));
  const count = /^when there (?:is|are) (\w+) (\w+)$/.exec(description);
  if (count) {
    const shape = count[2]!;
    const named = objects.filter((object) => [object.shape, `${object.shape}s`, `${object.shape}es`].includes(shape));
    return named.length === NUMBERS.indexOf(count[1]!);
  }
  const side = /^when the (\w+ \w+) is (to the left of|to the right of|above|below) the (\w+ \w+)$/.exec(description);
  if (side) {
    const [one, other] = [find(side[1]!), find(side[3]!)];
    const difference = /left|right/.test(side[2]!) ? one.x - other.x : one.y - other.y;
    return /left|above/.test(side[2]!) ? difference < 0 : difference > 0;
  }
  const [, words, said] = /^when the (\w+(?: \w+)?) is (?:an? )?(.+)$/.exec(description)!;
  const object = find(words!);
  if (/^(at|on|in) the /.test(said!)) return placeOf(object) === said;
  return [object.colour, object.shape, object.size, object.pattern].some((value) => value === said);
}

describe('a made-up game', () => {
  it('has exactly one action that is right for its picture, of every kind of condition', () => {
    for (const { scene, game } of games) {
      const truths = game.actions.map(({ description }) => isTrue(description, scene));
      expect(truths.map(Number).reduce((sum, one) => sum + one, 0)).toBe(1);
      expect(truths[game.right]).toBe(true);
      expect(new Set(game.actions.map(({ name }) => name)).size).toBe(game.actions.length);
    }
    expect(games.length).toBeGreaterThan(0.98 * COUNT);
    for (const kind of CONDITION_KINDS) {
      expect(games.filter(({ game }) => game.kind === kind).length).toBeGreaterThan(COUNT / 40);
    }
  });

  it('does not tell by order or name which is right', () => {
    const pairs = games.filter(({ game }) => game.actions.length === 2);
    const first = pairs.filter(({ game }) => game.right === 0).length / pairs.length;
    expect(first).toBeGreaterThan(0.43);
    expect(first).toBeLessThan(0.57);
    const called = games.filter(({ game }) => game.actions.some(({ name }) => name === 'left'));
    const right = called.filter(({ game }) => rightName(game) === 'left').length / called.length;
    expect(right).toBeGreaterThan(0.15);
    expect(right).toBeLessThan(0.55);
  });

  it('has another answer where two names are swapped, and the same conditions', () => {
    for (const { game } of games.slice(0, 200)) {
      const swapped = swapMadeUp(game, createRandom(1, rightName(game)));
      expect(rightName(swapped)).not.toBe(rightName(game));
      expect(game.actions.some(({ name }) => name === rightName(swapped))).toBe(true);
      expect(swapped.actions.map(({ description }) => description)).toEqual(
        game.actions.map(({ description }) => description),
      );
      expect(tellMadeUp(swapped)).not.toBe(tellMadeUp(game));
    }
  });

  it('is told with a line for each action', () => {
    const { game } = games[0]!;
    const lines = tellMadeUp(game).split('\n');
    expect(lines.slice(2, -1)).toEqual(game.actions.map(({ name, description }) => `- ${name}: ${description}`));
  });

  it('keeps invented names for held-out games, and is the same from the same seed', () => {
    const names = (split: 'train' | 'test') =>
      Array.from({ length: 300 }, (_, seed) => makeUpGame(makeScene(seed, 0.5), split, createRandom(seed, 'names')))
        .flatMap((game) => game?.actions ?? [])
        .map(({ name }) => name);
    expect(names('train').some(isHeldOutName)).toBe(false);
    expect(names('test').some(isHeldOutName)).toBe(true);
    const [trained, tested] = [new Set(names('train')), new Set(names('test').filter(isHeldOutName))];
    expect([...tested].filter((name) => trained.has(name))).toEqual([]);
    const again = () => makeUpGame(makeScene(3, 1), 'train', createRandom(3, 'again'));
    expect(again()).toEqual(again());
  });
});
