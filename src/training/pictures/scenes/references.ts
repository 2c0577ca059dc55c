/** Referring expressions: words that fit exactly one object of a scene, with its box and its mask. */
import type { Random } from '../../../core/random.js';
import { type Attribute, describe, fitting, phrase } from './describe.js';
import { type Box, type DrawnScene, maskOf } from './draw-scene.js';
import type { Scene, SceneObject } from './scene.js';

export interface Reference {
  /** Such as `the large red circle` or `the leftmost star`. */
  readonly expression: string;
  /** Index in the scene's objects. */
  readonly object: number;
  readonly box: Box;
  /** [side · side], 1 where the object is visible. */
  readonly mask: Uint8Array;
}

/** Shorter ones first: of the expressions that fit one object alone, one of the shortest is taken. */
const COMBINATIONS: readonly (readonly Attribute[])[] = [
  ['shape'],
  ['colour'],
  ['colour', 'shape'],
  ['size', 'shape'],
  ['pattern', 'shape'],
  ['pattern', 'colour', 'shape'],
  ['size', 'colour', 'shape'],
  ['size', 'pattern', 'colour', 'shape'],
];
/** An outermost object must be this much further out than the next. */
const MARGIN = 0.06;
/** Fewer visible pixels than this part of the picture are not asked for. */
const LEAST_VISIBLE = 0.004;

/** One expression for each object that has one. */
export function referencesOf(drawn: DrawnScene, random: Random): Reference[] {
  return drawn.scene.objects.flatMap((object, i) => {
    const mask = maskOf(drawn, i);
    const visible = mask.reduce((sum, value) => sum + value, 0);
    const expression = expressionFor(object, drawn.scene, random);
    if (expression === undefined || visible < LEAST_VISIBLE * mask.length) return [];
    return [{ expression, object: i, box: drawn.boxes[i] as Box, mask }];
  });
}

/** Words that fit this object and no other of the scene; undefined where there are none. */
export function expressionFor(object: SceneObject, { objects }: Scene, random: Random): string | undefined {
  const unique = COMBINATIONS.filter((names) => fitting(objects, describe(object, names)).length === 1);
  // `plain` is not said, so it cannot be what tells an object from others.
  const sayable = unique.filter((names) => !(names.includes('pattern') && object.pattern === 'plain'));
  const shortest = sayable.filter(({ length }) => length <= (sayable[0]?.length ?? 0) + 1);
  if (shortest.length > 0) return `the ${phrase(describe(object, random.pick(shortest)))}`;
  return outermost(object, objects, random);
}

function outermost(object: SceneObject, objects: readonly SceneObject[], random: Random): string | undefined {
  const description = describe(object, random.pick([['shape'], ['colour'], ['colour', 'shape']] as const));
  const others = fitting(objects, description).filter((other) => other !== object);
  const places = (['leftmost', 'rightmost', 'topmost', 'bottommost'] as const).filter((place) => {
    const axis = place === 'leftmost' || place === 'rightmost' ? 'x' : 'y';
    const sign = place === 'leftmost' || place === 'topmost' ? -1 : 1;
    return others.every((other) => sign * (object[axis] - other[axis]) > MARGIN);
  });
  return places.length === 0 ? undefined : `the ${random.pick(places)} ${phrase(description)}`;
}
