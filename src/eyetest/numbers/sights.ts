/** Where things of the games stand: the cannon and the bomb of Space Invaders, the edge of CarRacing's road. */
import { createRandom, type Frame, type Random } from '../../core/index.js';
import { resize } from '../../model/image/index.js';
import { inWording } from '../in-wording.js';
import { type FilmedGame, type GameFrame, readGameFrames } from './game-frames.js';
import { median, type NumberTest } from './number-test.js';

/** What is asked of a frame, in pixels of the emulator's own picture. */
interface Sought {
  readonly column: number;
  /** What the wordings speak of beside the picture's size. */
  readonly row?: number;
  readonly edge?: string;
}

interface Sight<G extends FilmedGame> {
  readonly name: string;
  readonly game: G;
  readonly measures: string;
  readonly wordings: readonly string[];
  readonly sought: (known: GameFrame<G>['known'], random: Random) => Sought;
}

const ANSWER = 'Answer with one whole number from 0 to {most} and with nothing else.';

function sight<G extends FilmedGame>({ name, game, measures, wordings, sought }: Sight<G>): NumberTest {
  return {
    ...{ name: `sight-${name}`, kind: 'sight', measures, unit: "pixels of the game's picture", together: 1 },
    ...{ within: [2, 4, 8], wordings, baselines: { 'always the middle column': median }, isThere: () => true },
    open: async ({ seed, side, numbers }) => {
      const frames = shuffled(await readGameFrames(game), createRandom(seed, `eye test ${name}`));
      return {
        count: Math.min(numbers, frames.length),
        question: (trial) => {
          const random = createRandom(seed, `eye test sight-${name} ${trial}`);
          const { frame: screen, known } = frames[trial] as GameFrame<G>;
          const { column, row = 0, edge = '' } = sought(known, random);
          const frame = fitted(screen, side);
          const [height, width] = frame.shape as [number, number, number];
          const step = (screen.shape[1] as number) / width;
          const wording = random.integer(wordings.length);
          const values = { width, height, most: width - 1, row: Math.round(shown(row, step)), edge };
          return {
            ...{ frame, origin: `${game} seed ${known.seed} step ${known.step}`, wording, most: width - 1, step },
            ...{ words: inWording(`${wordings[wording]} ${ANSWER}`, values), places: [] },
            truth: [Math.round(100 * shown(column, step)) / 100],
          };
        },
      };
    },
  };
}

/** The picture with a longer side of so many pixels. */
function fitted(frame: Frame, side: number): Frame {
  const [height, width] = frame.shape as [number, number, number];
  const longer = Math.max(height, width);
  const [high, wide] = [height, width].map((length) => Math.round((length * side) / longer)) as [number, number];
  return resize(frame, high, wide, 'bicubic');
}

/** A column or row of the emulator's picture in the one that is shown: the middles of pixels stay where they are. */
const shown = (place: number, step: number): number => (place + 0.5) / step - 0.5;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.integer(left.length), 1)[0] as T);
}

const COUNTED = 'counted in pixels from the left edge, which is 0';

export const sights: readonly NumberTest[] = [
  sight({
    ...{ name: 'cannon', game: 'spaceinvaders', measures: 'the column of the cannon of Space Invaders' },
    wordings: [
      `This is a screen of Space Invaders, {width} pixels wide. In which column is the middle of the player's green ` +
        `cannon at the bottom, ${COUNTED}?`,
      `Space Invaders, a picture of {width} by {height} pixels: how many pixels from the left edge is the centre of ` +
        'the green cannon near the ground?',
      `Find the player's cannon, the green shape at the bottom of this picture of {width} pixels across. Say the x ` +
        `coordinate of its middle, ${COUNTED}.`,
    ],
    sought: ({ cannon }) => ({ column: cannon }),
  }),
  sight({
    ...{ name: 'bomb', game: 'spaceinvaders', measures: 'the column of the bomb of Space Invaders' },
    wordings: [
      `This is a screen of Space Invaders, {width} pixels wide. One bomb, a thin white stroke, is falling. In which ` +
        `column is it, ${COUNTED}?`,
      'Space Invaders, a picture of {width} by {height} pixels: how many pixels from the left edge is the one thin ' +
        'white bomb?',
      `Find the only bomb in this picture of {width} pixels across: a thin upright white stroke. Say its x ` +
        `coordinate, ${COUNTED}.`,
    ],
    sought: ({ bomb }) => ({ column: bomb }),
  }),
  sight({
    ...{ name: 'road', game: 'carracing', measures: 'the column of an edge of the road of CarRacing' },
    wordings: [
      `This is a racing game seen from above, {width} pixels wide and {height} high. Look at the row {row} pixels ` +
        `below the top. In which column is the {edge} edge of the gray road there, ${COUNTED}?`,
      'A car race from above, a picture of {width} by {height} pixels. At the height y = {row}, counted from 0 at ' +
        'the top, how many pixels from the left edge of the picture does the gray road have its {edge} end?',
      `Follow the horizontal line y = {row} (0 is the top) through this picture of {width} by {height} pixels. Say ` +
        `the x coordinate of the {edge} border of the gray road on it, ${COUNTED}.`,
    ],
    sought: ({ row, left, right }, random) =>
      random.next() < 0.5 ? { column: left, row, edge: 'left' } : { column: right, row, edge: 'right' },
  }),
];
