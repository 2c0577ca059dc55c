/** Motion over stacked pictures, as the games show it. */
import type { Frame } from '../../core/index.js';
import { Canvas, disc } from '../drawing/canvas.js';
import { type DrawOptions, type EyeTest, pixelLevels, polarity } from './eye-test.js';

const DOTS = 14;
const GRAIN = 4;

/** Dots that all move by `dy`, `dx` from picture to picture; who leaves on one side comes in on the other. */
function movingDots({ side, random }: DrawOptions, pictures: number, dy: number, dx: number): Frame[] {
  const { paper, ink } = polarity(random);
  const radius = Math.max(2, side / 50);
  const start = Array.from({ length: DOTS }, () => [side * random.next(), side * random.next()] as const);
  const around = (value: number): number => ((value % side) + side) % side;
  return Array.from({ length: pictures }, (_, i) => {
    const canvas = new Canvas(side, paper);
    for (const [y, x] of start) canvas.fill(disc(around(y + i * dy), around(x + i * dx), radius), ink);
    return canvas.picture(random, GRAIN);
  });
}

function direction(name: string, frames: number): EyeTest {
  const told = frames === 2 ? 'two pictures, the older first' : `${frames} pictures, oldest first`;
  return {
    ...{ name, family: 'motion', measures: `least motion whose way is told, ${frames} pictures`, unit: 'pixels' },
    harder: 'smaller',
    levels: (side) => pixelLevels(Math.floor(side / 8)),
    choices: ['up', 'right', 'down', 'left'],
    frames,
    wordings: [
      `You see ${told}. All dots move the same way. Which way?`,
      `These are ${told}. In which direction do the dots move from one to the next?`,
      `Compare ${told}: to which side have the dots moved?`,
    ],
    draw: (options) => {
      const { answer, level } = options;
      const [dy, dx] = [
        [-1, 0],
        [0, 1],
        [1, 0],
        [0, -1],
      ][answer] as [number, number];
      return { frames: movingDots(options, frames, dy * level, dx * level) };
    },
  };
}

export const motion = direction('motion-2', 2);
export const longMotion = direction('motion-4', 4);

export const moved: EyeTest = {
  ...{ name: 'moved', family: 'motion', measures: 'least motion that is seen', unit: 'pixels', harder: 'smaller' },
  levels: (side) => pixelLevels(Math.floor(side / 8)),
  choices: ['moved', 'still'],
  frames: 2,
  wordings: [
    'You see two pictures, the older first. Have the dots moved or are they still where they were?',
    'Compare the two pictures. Did the dots move, or did they stand still?',
    'Is there motion between the first picture and the second, or is all still?',
  ],
  draw: (options) => {
    const angle = 2 * Math.PI * options.random.next();
    const step = options.answer === 0 ? options.level : 0;
    return { frames: movingDots(options, 2, step * Math.sin(angle), step * Math.cos(angle)) };
  },
};
