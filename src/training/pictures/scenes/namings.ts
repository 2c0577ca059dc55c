/** Boxes the other way round: a box is told, and what is in it is asked for. */

import { coverageOf } from './coverage.js';
import { describe, phrase } from './describe.js';
import type { Box, DrawnScene } from './draw-scene.js';
import type { SceneObject } from './scene.js';

export interface Naming {
  readonly box: Box;
  /** Colour and shape of the object that the box is around, such as `red circle`. */
  readonly words: string;
}

/** Centres of two boxes nearer than this, as a part of the side, do not tell which object is meant. */
const APART = 0.04;

/** One for each object that is visible enough and whose box is not about where another's is. */
export function namingsOf(drawn: DrawnScene): Naming[] {
  const [side] = drawn.image.shape as [number];
  const shown = coverageOf(drawn, 1).map(({ object }) => object);
  return shown.flatMap((object) => {
    const box = drawn.boxes[object] as Box;
    const others = shown.filter((other) => other !== object).map((other) => drawn.boxes[other] as Box);
    if (others.some((other) => distance(box, other) < APART * side)) return [];
    return [{ box, words: phrase(describe(drawn.scene.objects[object] as SceneObject, ['colour', 'shape'])) }];
  });
}

function distance(one: Box, other: Box): number {
  const centre = ([y0, x0, y1, x1]: Box): [number, number] => [(y0 + y1) / 2, (x0 + x1) / 2];
  const [[y, x], [otherY, otherX]] = [centre(one), centre(other)];
  return Math.hypot(y - otherY, x - otherX);
}
