/** Words for where an object is in the picture: nine of them, and none near the line between two. */
import type { SceneObject } from './scene.js';

export const PLACE_WORDS = [
  'at the top left',
  'at the top',
  'at the top right',
  'on the left',
  'in the middle',
  'on the right',
  'at the bottom left',
  'at the bottom',
  'at the bottom right',
] as const;
export type PlaceWords = (typeof PLACE_WORDS)[number];

/** A centre nearer than this to the line between two places, as a part of the side, could be called either. */
const MARGIN = 0.03;

/** The ninth of the picture that a centre lies in, 0 to 8, row after row. */
export function ninthOf({ y, x }: Pick<SceneObject, 'y' | 'x'>): number {
  return third(y) * 3 + third(x);
}

/** The words for an object's place; undefined where people might disagree. */
export function placeOf({ y, x }: Pick<SceneObject, 'y' | 'x'>): PlaceWords | undefined {
  const unclear = [y, x].some((value) => [1 / 3, 2 / 3].some((line) => Math.abs(value - line) < MARGIN));
  return unclear ? undefined : PLACE_WORDS[ninthOf({ y, x })];
}

const third = (value: number): number => Math.min(Math.max(Math.floor(value * 3), 0), 2);
