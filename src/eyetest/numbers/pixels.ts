/** Pixel value prediction: the color of one pixel, and those of a regular grid, from which a picture is painted. */
import { createRandom, type Frame, type Random } from '../../core/index.js';
import type { Place } from '../../training/pvp/index.js';
import { colourAt } from '../../training/tasks/pixels.js';
import { inWording } from '../in-wording.js';
import { mean, median, type NumberPlan, type NumberQuestion, type NumberTest } from './number-test.js';
import { type PixelPictures, pixelPictures, type Shown } from './pixel-pictures.js';

/** Pixels along each side of the grid, and along each side of the part of it that one question asks for. */
export const GRID = 12;
const PART = 4;
/** Pictures of which one is painted. */
const CANDIDATES = 8;

const ONE = [
  'The picture is {width} pixels wide and {height} pixels high. Columns and rows are counted from 0, from its top ' +
    'left corner. Which color has the pixel in column {x} and row {y}?',
  'Take the top left pixel of the picture as x = 0, y = 0; there are {width} pixels across and {height} down. ' +
    'What is the color of the pixel at x = {x}, y = {y}?',
  'Look at a single pixel of this picture of {width} by {height} pixels: {x} pixels to the right of the first column ' +
    'and {y} pixels below the first row. Name its color.',
];
const ONE_ANSWER =
  'Answer with three whole numbers from 0 to 255, for red, green and blue, in the form R, G, B, and with nothing else.';

const SEVERAL = [
  'The picture is {width} pixels wide and {height} pixels high. Columns and rows are counted from 0, from its top ' +
    'left corner. Which colors have the pixels in the columns {xs} of the rows {ys}?',
  'Take the top left pixel of the picture as x = 0, y = 0; there are {width} pixels across and {height} down. ' +
    'What are the colors of the pixels where x is {xs} and y is {ys}?',
  'Look at single pixels of this picture of {width} by {height} pixels: those {xs} pixels to the right of the first ' +
    'column, {ys} pixels below the first row. Name their colors.',
];
const SEVERAL_ANSWER =
  'Answer with {count} lines, row by row from the top, and from left to right in each row: three whole numbers from ' +
  '0 to 255 in each line, for red, green and blue, in the form R, G, B, and with nothing else.';

const COLOR = { unit: 'of 255', together: 3, within: [8, 16, 32] } as const;

/** One pixel of a picture a question. */
function onePixel(pictures: PixelPictures): NumberTest {
  return {
    ...{ name: `pixels-${pictures.name}`, kind: 'pixels', ...COLOR, wordings: ONE, isThere: pictures.isThere },
    measures: `the color of a pixel of ${pictures.measures}`,
    baselines: { 'always the mean color': mean, 'always the middle color': median },
    open: async (plan) => {
      const { pictureAt } = await pictures.open(plan);
      return {
        count: plan.numbers,
        question: (trial) => {
          const random = createRandom(plan.seed, `eye test pixels-${pictures.name} ${trial}`);
          const { frame, origin } = pictureAt(trial);
          const [height, width] = frame.shape as [number, number, number];
          const place = { y: random.integer(height), x: random.integer(width) };
          return about(frame, origin, [place], ONE, ONE_ANSWER, random, { ...place });
        },
      };
    },
  };
}

/** The pixels in the middles of the fields of a grid over one picture; a part of the grid a question. */
function painting(pictures: PixelPictures): NumberTest {
  const parts = GRID / PART;
  return {
    ...{ name: `paint-${pictures.name}`, kind: 'painting', ...COLOR, wordings: SEVERAL, isThere: pictures.isThere },
    measures: `a picture painted from ${GRID} × ${GRID} pixels, ${pictures.measures}`,
    baselines: { 'always the mean color': mean, 'always the middle color': median },
    open: async (plan: NumberPlan) => {
      const { pictureAt } = await pictures.open(plan);
      const { frame, origin } = mostVaried(Array.from({ length: CANDIDATES }, (_, trial) => pictureAt(trial)));
      const [height, width] = frame.shape as [number, number, number];
      return {
        count: parts ** 2,
        question: (trial) => {
          const random = createRandom(plan.seed, `eye test paint-${pictures.name} ${trial}`);
          const steps = Array.from({ length: PART }, (_, i) => i);
          const ys = steps.map((i) => gridPlace(Math.floor(trial / parts) * PART + i, height));
          const xs = steps.map((i) => gridPlace((trial % parts) * PART + i, width));
          const places = ys.flatMap((y) => xs.map((x) => ({ y, x })));
          return about(frame, origin, places, SEVERAL, SEVERAL_ANSWER, random, { xs: listed(xs), ys: listed(ys) });
        },
      };
    },
  };
}

/** The picture whose colors lie furthest apart: of a plain one there is nothing to paint. */
function mostVaried(shown: readonly Shown[]): Shown {
  const spreads = shown.map(({ frame }) => {
    const middle = [0, 1, 2].map((channel) => mean(frame.data.filter((_, i) => i % 3 === channel)));
    return mean(frame.data.map((value, i) => Math.abs(value - (middle[i % 3] as number))));
  });
  return shown[spreads.indexOf(Math.max(...spreads))] as Shown;
}

/** The pixel in the middle of a field, of a side of `length` pixels. */
export function gridPlace(index: number, length: number): number {
  return Math.floor(((index + 0.5) * length) / GRID);
}

function about(
  frame: Frame,
  origin: string,
  places: readonly Place[],
  wordings: readonly string[],
  answer: string,
  random: Random,
  values: Readonly<Record<string, string | number>>,
): NumberQuestion {
  const wording = random.integer(wordings.length);
  const [height, width] = frame.shape as [number, number, number];
  const words = inWording(`${wordings[wording]} ${answer}`, { height, width, count: places.length, ...values });
  const truth = places.flatMap((place) => [...colourAt(frame, place)]);
  return { frame, origin, wording, words, truth, most: 255, places, step: 1 };
}

const listed = (values: readonly number[]): string => `${values.slice(0, -1).join(', ')} and ${values.at(-1)}`;

export const pixelTests: readonly NumberTest[] = pixelPictures.map(onePixel);
export const paintings: readonly NumberTest[] = pixelPictures.map(painting);
