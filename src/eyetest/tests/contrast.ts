/** How weak a pattern or a difference of colour may be. */
import type { Random } from '../../core/index.js';
import { box, Canvas, type Rgb } from '../drawing/canvas.js';
import { deltaE, type Lab, labOf, rgbOf } from '../drawing/lab.js';
import { type EyeTest, QUARTERS } from './eye-test.js';

/** Parts of the largest contrast, in percent; each half as much again as the one before. */
const CONTRASTS = [0.4, 0.6, 0.9, 1.3, 2, 3, 4.5, 7, 10, 15, 22, 33, 50, 75, 100];
const MIDDLE = 127.5;

/** Stripes that lean, by their width: a pair takes `period` pixels. Which way they lean leaves all else alike. */
function stripes(name: string, period: number): EyeTest {
  return {
    ...{ name, family: 'contrast', measures: `weakest stripes, ${period} pixels a pair`, unit: '%', harder: 'smaller' },
    levels: () => CONTRASTS,
    choices: ['left', 'right'],
    frames: 1,
    wordings: [
      'There are slanted stripes in the picture. Do their upper ends lean to the left or to the right?',
      'Look at the faint diagonal stripes. Towards which side do they lean at the top?',
      'The stripes run diagonally. Is the top of each stripe further left or further right than its bottom?',
    ],
    draw: ({ level, answer, side, random }) => {
      const canvas = new Canvas(side, [MIDDLE, MIDDLE, MIDDLE]);
      const phase = 2 * Math.PI * random.next();
      const lean = answer === 0 ? -1 : 1;
      const wave = (2 * Math.PI) / period;
      canvas.add((y, x) => {
        const window = Math.exp(-((y / side - 0.5) ** 2 + (x / side - 0.5) ** 2) / (2 * 0.2 ** 2));
        // Along a stripe x grows as y falls where it leans to the right.
        const across = (x * Math.SQRT1_2 + lean * y * Math.SQRT1_2) * wave;
        return (MIDDLE * level * window * Math.sin(across + phase)) / 100;
      });
      return { frames: [canvas.picture(random)] };
    },
  };
}

/** A contrast sensitivity function has one threshold for each width of stripes. */
export const fineStripes = stripes('stripes-4', 4);
export const middleStripes = stripes('stripes-12', 12);
export const wideStripes = stripes('stripes-36', 36);

export const patch: EyeTest = {
  ...{ name: 'patch', family: 'colour', measures: 'smallest difference of colour', unit: 'ΔE', harder: 'smaller' },
  levels: () => [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48],
  choices: QUARTERS,
  frames: 1,
  wordings: [
    'There are four patches of color. Three are the same. Which one differs?',
    'Find the patch whose color is not that of the other three. Where does it lie?',
    'One of the four squares has another color than the rest. Which one is it?',
  ],
  draw: ({ level, answer, side, random }) => {
    const [common, odd] = twoColours(level, random);
    const canvas = new Canvas(side, [MIDDLE, MIDDLE, MIDDLE]);
    const size = 0.3 * side;
    QUARTERS.forEach((_, i) => {
      const [top, left] = [i < 2 ? 0.12 : 0.58, i % 2 === 0 ? 0.12 : 0.58];
      canvas.fill(box(top * side, left * side, size, size), i === answer ? odd : common);
    });
    return { frames: [canvas.picture(random)] };
  },
};

/** Two colours of sRGB that lie `distance` apart. */
function twoColours(distance: number, random: Random): [Rgb, Rgb] {
  for (;;) {
    const common: Lab = [35 + 40 * random.next(), 80 * random.next() - 40, 80 * random.next() - 40];
    const direction = [0, 1, 2].map(() => random.next() - 0.5);
    const length = Math.hypot(...direction);
    const odd = common.map((value, i) => value + (distance * (direction[i] as number)) / length) as unknown as Lab;
    const [one, other] = [rgbOf(common), rgbOf(odd)];
    if (length > 0.01 && [...one, ...other].every((value) => value >= 0 && value <= 254)) return [one, other];
  }
}

/** How far apart two colours of a picture are, for who checks it. */
export function distanceOf(one: Rgb, other: Rgb): number {
  return deltaE(labOf(one), labOf(other));
}
