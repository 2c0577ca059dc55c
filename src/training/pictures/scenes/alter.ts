/**
 * Scenes that differ from another in one thing: one attribute or the place of one object, or one object more or less.
 */
import type { Random } from '../../../core/random.js';
import { areApart, isDistinct, radiusOf } from './make-scene.js';
import { COLOUR_NAMES, shadeOf } from './palette.js';
import { type Scene, type SceneObject, SIZE_NAMES } from './scene.js';
import { SHAPE_NAMES } from './shapes.js';
import { PATTERNS } from './textures.js';

export const ALTERATIONS = ['shape', 'size', 'pattern', 'colour', 'place', 'number'] as const;
export type Alteration = (typeof ALTERATIONS)[number];

/** No scene has more objects. */
const MOST = 7;
/** Draws for a place before the alteration is given up. */
const TRIES = 30;

/** The scene with one thing changed; undefined where it leaves no room for that. */
export function alter(scene: Scene, kind: Alteration, random: Random): Scene | undefined {
  if (scene.objects.length === 0) return undefined;
  if (kind === 'number') return random.next() < 0.5 ? withOneLess(scene, random) : withOneMore(scene, random);
  const index = random.integer(scene.objects.length);
  const object = ALTER[kind](scene.objects[index] as SceneObject, scene, random);
  if (object === undefined || !fitsIn(scene, object, index)) return undefined;
  return { ...scene, objects: scene.objects.map((other, i) => (i === index ? object : other)) };
}

type AlterObject = (object: SceneObject, scene: Scene, random: Random) => SceneObject | undefined;

const ALTER: Readonly<Record<Exclude<Alteration, 'number'>, AlterObject>> = {
  shape: (object, _, random) => ({ ...object, shape: another(SHAPE_NAMES, object.shape, random) }),
  pattern: (object, _, random) => ({ ...object, pattern: another(PATTERNS, object.pattern, random) }),
  colour: (object, { background, difficulty }, random) => {
    const colours = COLOUR_NAMES.filter((name) => isDistinct(name, background));
    const colour = another(colours, object.colour, random);
    return { ...object, colour, rgb: shadeOf(colour, difficulty, random) };
  },
  size: (object, _, random) => {
    const size = another(SIZE_NAMES, object.size, random);
    const radius = radiusOf(size, random);
    // Where it would have to move to be in the picture, two things would change.
    const isInside = [object.y, object.x].every((value) => value >= radius && value <= 1 - radius);
    return isInside ? { ...object, size, radius } : undefined;
  },
  place: (object, _, random) => moved(object, random),
};

function moved(object: SceneObject, random: Random): SceneObject {
  const anywhere = (): number => object.radius + (1 - 2 * object.radius) * random.next();
  return { ...object, y: anywhere(), x: anywhere() };
}

function withOneLess(scene: Scene, random: Random): Scene | undefined {
  if (scene.objects.length < 2) return undefined;
  const index = random.integer(scene.objects.length);
  return { ...scene, objects: scene.objects.filter((_, i) => i !== index) };
}

/** One more of a kind that is there already. */
function withOneMore(scene: Scene, random: Random): Scene | undefined {
  if (scene.objects.length >= MOST) return undefined;
  const like = random.pick(scene.objects);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const object = moved(like, random);
    if (fitsIn(scene, object)) return { ...scene, objects: [...scene.objects, object] };
  }
  return undefined;
}

/** Whether an object has room among all others, or among all but the one whose place it takes. */
function fitsIn({ objects, difficulty }: Scene, object: SceneObject, instead?: number): boolean {
  return objects.every((other, i) => i === instead || areApart(object, other, difficulty));
}

function another<T>(names: readonly T[], than: T, random: Random): T {
  return random.pick(names.filter((name) => name !== than));
}
