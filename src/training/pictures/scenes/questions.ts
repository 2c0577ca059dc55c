/**
 * Questions about scenes with one-word answers. The answer is drawn so that the question's words tell as little of it
 * as can be: yes as often as no, left as often as right, counts spread out.
 */
import type { Random } from '../../../core/random.js';
import { type Attribute, type Description, describe, fitting, phrase, withArticle } from './describe.js';
import { COLOUR_NAMES } from './palette.js';
import { expressionFor } from './references.js';
import { sideOf } from './relations.js';
import { type Scene, type SceneObject, SIZE_NAMES } from './scene.js';
import { SHAPE_NAMES } from './shapes.js';
import { PATTERNS } from './textures.js';

export const QUESTION_KINDS = ['colour', 'shape', 'pattern', 'count', 'existence', 'relation', 'size'] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

export interface Question {
  readonly kind: QuestionKind;
  readonly question: string;
  /** One word, or a number in digits. */
  readonly answer: string;
}

const PATTERN_CHOICE = `${PATTERNS.slice(0, -1).join(', ')} or ${PATTERNS.at(-1)}`;
/** Draws for a question that not every draw gives. */
const TRIES = 8;

/** A question of each kind that a scene allows, in the order of `QUESTION_KINDS`. */
export function questionsOf(scene: Scene, random: Random): Question[] {
  return QUESTION_KINDS.flatMap((kind) => askAbout(scene, kind, random) ?? []);
}

/** A question of one kind; undefined where the scene allows none that has one right answer. */
export function askAbout(scene: Scene, kind: QuestionKind, random: Random): Question | undefined {
  const asked = ASKERS[kind](scene, random);
  return asked && { kind, question: asked[0], answer: asked[1] };
}

type Asked = readonly [question: string, answer: string] | undefined;

const ASKERS: Readonly<Record<QuestionKind, (scene: Scene, random: Random) => Asked>> = {
  colour: (scene, random) => {
    const found = describedBy(scene, [['shape'], ['size', 'shape'], ['pattern', 'shape']], random);
    return found && [`What color is the ${found.words}?`, found.object.colour];
  },
  shape: (scene, random) => {
    const found = describedBy(scene, [['colour'], ['size', 'colour'], ['pattern', 'colour']], random);
    return found && [`What shape is the ${found.words}?`, found.object.shape];
  },
  pattern: (scene, random) => {
    // On a small shape there is not one repeat to be seen; and where all are plain there is nothing to ask.
    const visible = scene.objects.filter(({ size }) => size !== 'small');
    if (visible.every(({ pattern }) => pattern === 'plain')) return undefined;
    const found = describedBy(scene, [['colour', 'shape'], ['shape'], ['size', 'shape']], random, visible);
    return found && [`Is the ${found.words} ${PATTERN_CHOICE}?`, found.object.pattern];
  },
  count: (scene, random) => {
    const count = chooseCount(scene, random);
    return count && [`How many ${phrase(count.description, 2)} are there?`, String(count.count)];
  },
  existence: (scene, random) => {
    const isThere = random.next() < 0.5;
    const description = isThere ? presentPair(scene, random) : absentPair(scene, random);
    return description && [`Is there ${withArticle(phrase(description))}?`, isThere ? 'yes' : 'no'];
  },
  relation: (scene, random) => {
    const axis = random.pick(['x', 'y'] as const);
    const [one, other] = pairOf(scene, random);
    const side = one && other && sideOf(one.object, other.object, axis);
    if (!side) return undefined;
    const choice = axis === 'x' ? 'to the left or to the right of' : 'above or below';
    return [`Is ${one.words} ${choice} ${other.words}?`, side];
  },
  size: (scene, random) => {
    const [one, other] = pairOf(scene, random);
    if (!one || !other || one.object.size === other.object.size) return undefined;
    // An expression that names a size would answer the question.
    if ([one, other].some(({ words }) => SIZE_NAMES.some((size) => words.includes(size)))) return undefined;
    const isLarger = one.object.radius > other.object.radius;
    return [`Is ${one.words} larger or smaller than ${other.words}?`, isLarger ? 'larger' : 'smaller'];
  },
};

/** An object that one of the attribute sets tells from all others, with the words for it. */
function describedBy(
  { objects }: Scene,
  sets: readonly (readonly Attribute[])[],
  random: Random,
  candidates: readonly SceneObject[] = objects,
): { object: SceneObject; words: string } | undefined {
  const found = candidates.flatMap((object) => {
    const names = sets.find((set) => fitting(objects, describe(object, set)).length === 1 && sayable(object, set));
    return names ? [{ object, words: phrase(describe(object, names)) }] : [];
  });
  return found.length === 0 ? undefined : random.pick(found);
}

const sayable = (object: SceneObject, names: readonly Attribute[]): boolean =>
  !(names.includes('pattern') && object.pattern === 'plain');

/** Two different objects with words that fit each alone, in random order. */
function pairOf(scene: Scene, random: Random): { object: SceneObject; words: string }[] {
  const named = scene.objects.flatMap((object) => {
    const words = expressionFor(object, scene, random);
    return words === undefined ? [] : [{ object, words }];
  });
  if (named.length < 2) return [];
  const first = random.integer(named.length);
  const second = (first + 1 + random.integer(named.length - 1)) % named.length;
  return [named[first], named[second]] as { object: SceneObject; words: string }[];
}

/** Spreads the counts out: by chance alone nearly all answers would be 0 or 1. */
function chooseCount({ objects }: Scene, random: Random): { description: Description; count: number } | undefined {
  const all: Description[] = [
    ...SHAPE_NAMES.map((shape) => ({ shape })),
    ...COLOUR_NAMES.map((colour) => ({ colour })),
  ];
  const byCount = new Map<number, Description[]>();
  for (const description of all) {
    const count = fitting(objects, description).length;
    byCount.set(count, [...(byCount.get(count) ?? []), description]);
  }
  // A count of many is rare among scenes, so where there is one it is asked for.
  const counts = [...byCount.keys()].sort((a, b) => b - a);
  const most = counts[0] as number;
  const count = most > 1 && random.next() < 0.6 ? most : random.pick(counts);
  return { description: random.pick(byCount.get(count) as Description[]), count };
}

function presentPair({ objects }: Scene, random: Random): Description | undefined {
  return objects.length === 0 ? undefined : describe(random.pick(objects), ['colour', 'shape']);
}

/** A colour that is there on a shape that is there (or nearly so), but not together. */
function absentPair({ objects }: Scene, random: Random): Description | undefined {
  if (objects.length === 0) return undefined;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const near = objects.length > 1 && random.next() < 0.6;
    const colour = near || random.next() < 0.5 ? random.pick(objects).colour : random.pick(COLOUR_NAMES);
    const shape = near ? random.pick(objects).shape : random.pick(SHAPE_NAMES);
    if (fitting(objects, { colour, shape }).length === 0) return { colour, shape };
  }
  return undefined;
}
