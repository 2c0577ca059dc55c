/** Pointing: where the middle of a thing is that words name, in a drawn scene. */
import { createRandom } from '../../core/index.js';
import { type ImageSource, openScenes, type Reference, referencesOf } from '../../training/pictures/index.js';
import { inWording } from '../in-wording.js';
import { median, type NumberTest } from './number-test.js';

const WORDINGS = [
  'The picture is {width} pixels wide and {height} pixels high. Columns and rows are counted from 0, from its top ' +
    'left corner. Point at {expression}: in which column and in which row is its middle?',
  'Take the top left pixel of the picture as x = 0, y = 0; there are {width} pixels across and {height} down. ' +
    'Where is the centre of {expression}?',
  'Find {expression} in this picture of {width} by {height} pixels. How many pixels to the right of the first column ' +
    'and how many below the first row is its middle?',
];
const ANSWER =
  'Answer with two whole numbers from 0 to {most}, first the column and then the row, in the form x, y, and with ' +
  'nothing else.';

/** Scenes that the seed chooses from, and of which one question looks through so many for a thing that can be named. */
const SCENES = 1_000_000;
const TRIED = 16;

export const points: readonly NumberTest[] = [
  {
    ...{ name: 'point-scenes', kind: 'point', measures: 'the place of a named thing of a drawn scene' },
    ...{ unit: 'pixels', together: 2, within: [4, 8, 16], wordings: WORDINGS, isThere: () => true },
    baselines: { 'always the middle place': median },
    open: async ({ side, seed, numbers }) => {
      const source = openScenes({ side, difficulty: [0, 1] });
      const first = createRandom(seed, 'eye test point-scenes').integer(SCENES);
      return {
        count: numbers,
        question: (trial) => {
          const random = createRandom(seed, `eye test point-scenes ${trial}`);
          const { frame, origin, references } = sceneWithNames(source, first + TRIED * trial, `${seed} ${trial}`);
          const { expression, box } = random.pick(references);
          const [y0, x0, y1, x1] = box;
          const wording = random.integer(WORDINGS.length);
          const values = { width: side, height: side, most: side - 1, expression };
          return {
            ...{ frame, origin, wording, most: side - 1, step: 1, places: [], expression },
            words: inWording(`${WORDINGS[wording]} ${ANSWER}`, values),
            truth: [(x0 + x1) / 2, (y0 + y1) / 2],
          };
        },
      };
    },
  },
];

/** The first scene from `index` on in which words fit one thing alone. Nearly all have one. */
function sceneWithNames(source: ImageSource, index: number, seed: string) {
  for (let next = index; next < index + TRIED; next++) {
    const { image: frame, origin, drawn } = source.sample('test', next);
    const references: Reference[] = drawn ? referencesOf(drawn, createRandom(next, `eye test names ${seed}`)) : [];
    if (references.length > 0) return { frame, origin, references };
  }
  throw new Error(`no scene from ${index} to ${index + TRIED} has a thing that can be named`);
}
