/** Draws lots for a scene: what it holds, and where each thing lies. */
import { createRandom, type Random } from '../../../core/random.js';
import { blend, COLOUR_NAMES, type ColourName, PALETTE, secondTone, shadeOf } from './palette.js';
import { type Scene, type SceneObject, SIZE_NAMES, type SizeName } from './scene.js';
import { SHAPE_NAMES, type ShapeName } from './shapes.js';
import { BACKDROPS, type Backdrop, PATTERNS } from './textures.js';

/** Radius of each size, least and most, as a part of the side; they do not touch, so that the word is decidable. */
const RADII: Readonly<Record<SizeName, readonly [number, number]>> = {
  small: [0.07, 0.09],
  medium: [0.115, 0.14],
  large: [0.175, 0.21],
};
/** Tries to find an object's place before it is left out. */
const TRIES = 40;
/** Colours further apart than this, summed over the channels, can be told from each other at an edge. */
const CONTRAST = 170;

/** The scene of a seed at a difficulty from 0 to 1. */
export function makeScene(seed: number, difficulty: number): Scene {
  const random = createRandom(seed, `scene ${difficulty}`);
  const background = random.pick(COLOUR_NAMES);
  const backdrop = makeBackdrop(background, difficulty, random);
  const wanted = 1 + random.integer(2 + Math.round(5 * difficulty));
  const kinds = makeKinds(wanted, background, random);
  const objects: SceneObject[] = [];
  for (const kind of kinds) {
    const object = place(kind, objects, difficulty, random);
    if (object) objects.push(object);
  }
  return { seed, difficulty, background, backdrop, objects };
}

interface Kind {
  readonly shape: ShapeName;
  readonly colour: ColourName;
}

/**
 * Shapes and colours of the objects. In half of the scenes one property is shared by several objects: by chance alone
 * nearly all counts would be 0 or 1, and "how many" could be answered without looking.
 */
function makeKinds(wanted: number, background: ColourName, random: Random): Kind[] {
  const colours = COLOUR_NAMES.filter((name) => isDistinct(name, background));
  const common: Kind = { shape: random.pick(SHAPE_NAMES), colour: random.pick(colours) };
  const shared = random.pick(['nothing', 'nothing', 'shape', 'colour'] as const);
  const alike = shared === 'nothing' ? 0 : 1 + random.integer(wanted);
  return Array.from({ length: wanted }, (_, i) => ({
    shape: i < alike && shared === 'shape' ? common.shape : random.pick(SHAPE_NAMES),
    colour: i < alike && shared === 'colour' ? common.colour : random.pick(colours),
  }));
}

/** Whether two colours can be told from each other where they meet. */
export function isDistinct(one: ColourName, other: ColourName): boolean {
  return PALETTE[one].reduce((sum, value, i) => sum + Math.abs(value - (PALETTE[other][i] as number)), 0) > CONTRAST;
}

/** A background that keeps its colour's name. */
export function makeBackdrop(background: ColourName, difficulty: number, random: Random): Backdrop {
  const tone = shadeOf(background, difficulty, random);
  const kind = random.next() < difficulty ? random.pick(BACKDROPS) : 'plain';
  // Close to its first tone, for the background must keep its colour's name.
  const other = blend(tone, secondTone(tone), 0.3 + 0.5 * random.next());
  const tones = random.next() < 0.5 ? ([tone, other] as const) : ([other, tone] as const);
  return {
    kind,
    tones: kind === 'plain' ? [tone, tone] : tones,
    angle: 2 * Math.PI * random.next(),
    seed: random.integer(2 ** 31),
  };
}

function place(
  kind: Kind,
  placed: readonly SceneObject[],
  difficulty: number,
  random: Random,
): SceneObject | undefined {
  const pattern = random.next() < difficulty ? random.pick(PATTERNS) : 'plain';
  const rgb = shadeOf(kind.colour, difficulty, random);
  const angle = (2 * random.next() - 1) * 0.26 * difficulty;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const size = random.pick(SIZE_NAMES);
    const radius = radiusOf(size, random);
    const anywhere = (): number => radius + (1 - 2 * radius) * random.next();
    const object: SceneObject = { ...kind, rgb, pattern, size, angle, radius, y: anywhere(), x: anywhere() };
    if (placed.every((other) => areApart(object, other, difficulty))) return object;
  }
  return undefined;
}

/** A radius that a size's word stands for, as a part of the side. */
export function radiusOf(size: SizeName, random: Random): number {
  const [least, most] = RADII[size];
  return least + (most - least) * random.next();
}

/** Whether two objects lie apart; in difficult scenes they may overlap a little, and both stay mostly visible. */
export function areApart(a: SceneObject, b: SceneObject, difficulty: number): boolean {
  const overlap = 0.25 * difficulty * Math.min(a.radius, b.radius);
  return Math.hypot(a.y - b.y, a.x - b.x) > a.radius + b.radius + 0.01 - overlap;
}
