/** Conditions on a scene of which exactly one is true: what the actions of a made-up game are for. */
import type { Random } from '../../../core/random.js';
import { describe, fitting, numberWord, phrase, withArticle } from '../scenes/describe.js';
import { COLOUR_NAMES } from '../scenes/palette.js';
import { PLACE_WORDS, placeOf } from '../scenes/places.js';
import { sideOf, sideWords } from '../scenes/relations.js';
import { type Scene, type SceneObject, SIZE_NAMES } from '../scenes/scene.js';
import { SHAPE_NAMES } from '../scenes/shapes.js';
import { PATTERNS } from '../scenes/textures.js';

export const CONDITION_KINDS = ['colour', 'shape', 'size', 'pattern', 'place', 'side', 'count', 'existence'] as const;
export type ConditionKind = (typeof CONDITION_KINDS)[number];

/** Clauses without a full stop, such as `the star is red`. */
export interface Conditions {
  readonly right: string;
  readonly wrong: readonly string[];
}

/** Draws for what is not there. */
const TRIES = 20;
const MOST = 7;

/** Conditions of a kind; undefined where the scene has nothing to make them of. */
export function conditionsOf(scene: Scene, kind: ConditionKind, random: Random): Conditions | undefined {
  return DRAW[kind](scene, random);
}

const DRAW: Readonly<Record<ConditionKind, (scene: Scene, random: Random) => Conditions | undefined>> = {
  colour: (scene, random) => {
    const object = onlyOne(scene, ['shape'], random);
    return object && among(COLOUR_NAMES, object.colour, (colour) => `the ${object.shape} is ${colour}`);
  },
  shape: (scene, random) => {
    const object = onlyOne(scene, ['colour'], random);
    return (
      object && among(SHAPE_NAMES, object.shape, (shape) => `the ${object.colour} object is ${withArticle(shape)}`)
    );
  },
  size: (scene, random) => {
    const object = onlyOne(scene, ['colour', 'shape'], random);
    return object && among(SIZE_NAMES, object.size, (size) => `${nameOf(object)} is ${size}`);
  },
  pattern: (scene, random) => {
    const object = onlyOne(scene, ['colour', 'shape'], random);
    // On a small shape there is hardly a repeat to be seen.
    if (!object || object.size === 'small') return undefined;
    return among(PATTERNS, object.pattern, (pattern) => `${nameOf(object)} is ${pattern}`);
  },
  place: (scene, random) => {
    const object = onlyOne(scene, ['colour', 'shape'], random);
    const place = object && placeOf(object);
    return place && among(PLACE_WORDS, place, (words) => `${nameOf(object)} is ${words}`);
  },
  side: (scene, random) => {
    const one = onlyOne(scene, ['colour', 'shape'], random);
    const other = onlyOne(scene, ['colour', 'shape'], random);
    const axis = random.pick(['x', 'y'] as const);
    if (!one || !other || one === other) return undefined;
    const side = sideOf(one, other, axis);
    const sides = axis === 'x' ? (['left', 'right'] as const) : (['above', 'below'] as const);
    return side && among(sides, side, (word) => `${nameOf(one)} is ${sideWords(word)} ${nameOf(other)}`);
  },
  count: ({ objects }, random) => {
    const shape = random.pick([...objects.map((object) => object.shape), random.pick(SHAPE_NAMES)]);
    const counts = Array.from({ length: MOST + 1 }, (_, count) => count);
    const told = (count: number): string =>
      `there ${count === 1 ? 'is' : 'are'} ${numberWord(count)} ${phrase({ shape }, count === 1 ? 1 : 2)}`;
    return among(counts, fitting(objects, { shape }).length, told);
  },
  existence: ({ objects }, random) => {
    const there = objects[0] && random.pick(objects);
    const absent = new Set<string>();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const [colour, shape] = [
        random.pick([...objects.map((one) => one.colour), ...COLOUR_NAMES]),
        random.pick(SHAPE_NAMES),
      ];
      if (fitting(objects, { colour, shape }).length === 0) absent.add(phrase({ colour, shape }));
    }
    const told = (words: string): string => `there is ${withArticle(words)}`;
    return there && { right: told(phrase(describe(there, ['colour', 'shape']))), wrong: [...absent].map(told) };
  },
};

function among<T>(all: readonly T[], right: T, told: (one: T) => string): Conditions {
  return { right: told(right), wrong: all.filter((one) => one !== right).map(told) };
}

const nameOf = (object: SceneObject): string => `the ${phrase(describe(object, ['colour', 'shape']))}`;

/** An object that is the only one of its description. */
function onlyOne(
  { objects }: Scene,
  attributes: readonly ('colour' | 'shape')[],
  random: Random,
): SceneObject | undefined {
  const alone = objects.filter((object) => fitting(objects, describe(object, attributes)).length === 1);
  return alone.length === 0 ? undefined : random.pick(alone);
}
