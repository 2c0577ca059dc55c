/** Where one object lies, seen from another: only what nobody would dispute. */
import type { SceneObject } from './scene.js';

export const SIDES = ['left', 'right', 'above', 'below'] as const;
export type Side = (typeof SIDES)[number];

/** Least distance along the axis in question, as a part of the picture's side. */
const LEAST = 0.15;

/** The side of `other` on which `object` lies along an axis; undefined where they are about level. */
export function sideOf(object: SceneObject, other: SceneObject, axis: 'x' | 'y'): Side | undefined {
  const distance = object[axis] - other[axis];
  if (Math.abs(distance) < LEAST) return undefined;
  if (axis === 'x') return distance < 0 ? 'left' : 'right';
  return distance < 0 ? 'above' : 'below';
}

/** The side along the axis on which the two are further apart, and clearly so. */
export function mainSideOf(object: SceneObject, other: SceneObject): Side | undefined {
  const [down, across] = [Math.abs(object.y - other.y), Math.abs(object.x - other.x)];
  if (Math.max(down, across) < 1.4 * Math.min(down, across)) return undefined;
  return sideOf(object, other, across > down ? 'x' : 'y');
}

/** `to the left of`, `above`. */
export function sideWords(side: Side): string {
  return side === 'left' || side === 'right' ? `to the ${side} of` : side;
}
