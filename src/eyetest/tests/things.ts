/** How small a thing may be to be known: the drawn scenes that models here learn from, at any size. */
import type { Frame, Random } from '../../core/index.js';
import {
  COLOUR_NAMES,
  type ColourName,
  drawScene,
  isDistinct,
  PALETTE,
  type SceneObject,
  SHAPE_NAMES,
  type ShapeName,
} from '../../training/pictures/index.js';
import type { DrawOptions, EyeTest } from './eye-test.js';

/** Steps by which pixels differ by chance: a file's size tells nothing of what is drawn. */
const GRAIN = 4;
const CHOICES = 4;
/** Pixels across, from the least on, to what leaves a thing room. */
const SIZES = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];
const sizesOf = (side: number): readonly number[] => SIZES.filter((size) => size <= 0.45 * side);

export const shape: EyeTest = {
  ...{ name: 'shape', family: 'acuity', measures: 'smallest thing whose shape is told', unit: 'pixels' },
  harder: 'smaller',
  levels: sizesOf,
  choices: SHAPE_NAMES.slice(0, CHOICES),
  frames: 1,
  wordings: [
    'There is one thing in the picture. Which shape does it have?',
    'A single shape lies on a plain background. What shape is it?',
    'Look for the {color} object. What is its shape?',
  ],
  trained: 'What shape is the {color} object?',
  draw: (options) => {
    const { answer, random } = options;
    const choices = severalOf(SHAPE_NAMES, CHOICES, random);
    const [background, color] = colorsOf(2, random) as [ColourName, ColourName];
    const frame = drawOne(options, background, { shape: choices[answer] as ShapeName, colour: color });
    return { frames: [frame], choices, values: { color } };
  },
};

export const color: EyeTest = {
  ...{ name: 'color', family: 'colour', measures: 'smallest thing whose color is told', unit: 'pixels' },
  harder: 'smaller',
  levels: sizesOf,
  choices: COLOUR_NAMES.slice(0, CHOICES),
  frames: 1,
  wordings: [
    'There is one thing in the picture. Which color does it have?',
    'A single shape lies on a plain background. What color is the shape?',
    'Look for the {shape}. What is its color?',
  ],
  trained: 'What color is the {shape}?',
  draw: (options) => {
    const { answer, random } = options;
    const [background, ...choices] = colorsOf(1 + CHOICES, random) as [ColourName, ...ColourName[]];
    const name = random.pick(SHAPE_NAMES);
    const frame = drawOne(options, background, { shape: name, colour: choices[answer] as ColourName });
    return { frames: [frame], choices, values: { shape: name } };
  },
};

/**
 * Least mean size of two things that are compared, in parts of the picture's side, and by how much it may be larger:
 * so far that one thing by itself does not tell whether it is the larger one, unless they differ by much.
 */
const COMPARED = { least: 0.1, times: 3 } as const;

export const larger: EyeTest = {
  ...{ name: 'larger', family: 'place', measures: 'smallest difference in size that is told', unit: '%' },
  harder: 'smaller',
  levels: () => [3, 5, 8, 12, 18, 25, 35, 50, 75, 100],
  choices: ['larger', 'smaller'],
  frames: 1,
  wordings: [
    'The picture shows two things. Is {one} larger or smaller than {other}?',
    'Compare {one} with {other}: is it the larger or the smaller of the two?',
    'Two shapes are shown. Against {other}, is {one} larger or smaller?',
  ],
  trained: 'Is {one} larger or smaller than {other}?',
  draw: ({ level, answer, side, random }) => {
    const [background, first, second] = colorsOf(3, random) as [ColourName, ColourName, ColourName];
    const name = random.pick(SHAPE_NAMES);
    const mean = COMPARED.least * COMPARED.times ** random.next();
    // The two lie about their mean, so that a level shifts both.
    const factor = Math.sqrt(1 + level / 100);
    const widths = answer === 0 ? [mean * factor, mean / factor] : [mean / factor, mean * factor];
    const isLeft = random.next() < 0.5;
    const objects = [first, second].map((colour, i) => {
      const x = (i === 0) === isLeft ? 0.27 : 0.73;
      return thing({ shape: name, colour }, widths[i] as number, { y: 0.3 + 0.4 * random.next(), x });
    });
    const [one, other] = [first, second].map((colour) => `the ${colour} ${name}`) as [string, string];
    return { frames: [pictureOf(objects, background, side, random)], values: { one, other } };
  },
};

type Kind = Pick<SceneObject, 'shape' | 'colour'>;

/** One thing, `level` pixels across, somewhere in the picture. */
function drawOne({ level, side, random }: DrawOptions, background: ColourName, kind: Kind): Frame {
  const width = level / side;
  const place = (): number => 0.6 * width + (1 - 1.2 * width) * random.next();
  return pictureOf([thing(kind, width, { y: place(), x: place() })], background, side, random);
}

/** @param width of the whole side. */
function thing({ shape: name, colour }: Kind, width: number, place: { y: number; x: number }): SceneObject {
  const looks = { rgb: PALETTE[colour], pattern: 'plain', size: 'medium', angle: 0 } as const;
  return { shape: name, colour, ...looks, radius: width / 2, ...place };
}

function pictureOf(objects: readonly SceneObject[], background: ColourName, side: number, random: Random): Frame {
  const tone = PALETTE[background];
  const backdrop = { kind: 'plain', tones: [tone, tone], angle: 0, seed: 0 } as const;
  const { image } = drawScene({ seed: 0, difficulty: 0, background, backdrop, objects }, side);
  return withGrain(image, random);
}

/** Each pixel lighter or darker by chance, in all channels alike. */
function withGrain({ data, ...frame }: Frame, random: Random): Frame {
  const grained = data.slice();
  for (let pixel = 0; pixel < grained.length; pixel += 3) {
    const moved = Math.round(GRAIN * (2 * random.next() - 1));
    for (let c = 0; c < 3; c++) grained[pixel + c] = Math.min(Math.max((data[pixel + c] as number) + moved, 0), 255);
  }
  return { ...frame, data: grained };
}

/** `count` of the names by chance, each once. */
function severalOf<T>(names: readonly T[], count: number, random: Random): T[] {
  const left = [...names];
  return Array.from({ length: count }, () => left.splice(random.integer(left.length), 1)[0] as T);
}

/** Colors that can be told from each other. */
function colorsOf(count: number, random: Random): ColourName[] {
  const colors: ColourName[] = [];
  while (colors.length < count) {
    const left = COLOUR_NAMES.filter((name) => colors.every((other) => isDistinct(name, other)));
    // Some beginnings leave no room for so many.
    if (left.length === 0) colors.length = 0;
    else colors.push(random.pick(left));
  }
  return colors;
}
