/** A box, and what is in it. */
import { expect, it } from 'vitest';
import { drawScene, makeScene, namingsOf } from '../../../src/training/pictures/index.js';

it('names the object that a box is around, wherever it can be meant', () => {
  let objects = 0;
  let named = 0;
  for (let seed = 0; seed < 60; seed++) {
    const drawn = drawScene(makeScene(seed, (seed % 3) / 2), 48);
    objects += drawn.scene.objects.length;
    for (const { box, words } of namingsOf(drawn)) {
      named++;
      const own = drawn.boxes.findIndex((other) => other.join() === box.join());
      const object = drawn.scene.objects[own]!;
      expect(words).toBe(`${object.colour} ${object.shape}`);
    }
  }
  expect(named).toBeGreaterThan(0.9 * objects);
  expect(named).toBeLessThanOrEqual(objects);
});
