/** Reading a place against the marks of a ruler, and counting. */
import { box, Canvas, disc } from '../drawing/canvas.js';
import { digit } from '../drawing/digits.js';
import { type EyeTest, pixelLevels, polarity } from './eye-test.js';

const MARKS = 10;
const GRAIN = 4;

export const ruler: EyeTest = {
  ...{ name: 'ruler', family: 'place', measures: 'narrowest marks that are read', unit: 'pixels', harder: 'smaller' },
  levels: (side) => pixelLevels(Math.floor(side / 12)).filter((level) => level >= 2),
  choices: Array.from({ length: MARKS }, (_, i) => String(i)),
  frames: 1,
  wordings: [
    'There is a ruler with ten marks, 0 to 9 from left to right. A dot lies below one mark. Which one?',
    'Read the scale: its marks are numbered 0 to 9 from the left. Above the dot is the mark with which number?',
    'A scale runs from 0 on the left to 9 on the right. At which number is the dot?',
  ],
  draw: ({ level, answer, side, random }) => {
    const { paper, ink } = polarity(random);
    const canvas = new Canvas(side, paper);
    const left = level + (side - (MARKS + 1) * level) * random.next();
    const top = 0.3 * side + 0.3 * side * random.next();
    const thick = Math.max(1, level / 4);
    const size = Math.max(1, Math.floor(level / 4));
    for (let mark = 0; mark < MARKS; mark++) {
      const isNamed = mark % 5 === 0 || mark === MARKS - 1 || level >= 8;
      const length = Math.max(4, level) * (isNamed ? 1.5 : 1);
      const x = left + mark * level;
      canvas.fill(box(top - length, x - thick / 2, length, thick), ink);
      if (isNamed) canvas.fill(digit(mark, top - length - 7 * size, x - 1.5 * size, size), ink);
    }
    canvas.fill(disc(top + Math.max(3, level), left + answer * level, Math.max(1.5, level / 3)), ink);
    return { frames: [canvas.picture(random, GRAIN)] };
  },
};

/** Choices of a question: that many numbers in a row, the right one anywhere among them. */
const CHOICES = 4;
/** Tries for a place that is free. */
const TRIES = 200;

export const count: EyeTest = {
  ...{ name: 'count', family: 'number', measures: 'most dots that are counted', unit: 'dots', harder: 'larger' },
  levels: () => [3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 35],
  choices: ['3', '4', '5', '6'],
  frames: 1,
  wordings: [
    'How many dots are there in the picture?',
    'Count the dots. What is their number?',
    'The picture shows some dots that do not touch. How many are they?',
  ],
  trained: 'How many circles are there?',
  draw: ({ level, answer, side, random }) => {
    const { paper, ink } = polarity(random);
    const canvas = new Canvas(side, paper);
    // Larger in one picture than in another, so that the ink alone does not tell how many they are.
    const radius = side * (0.018 + 0.014 * random.next());
    const placed: [number, number][] = [];
    for (let tries = 0; placed.length < level && tries < TRIES * level; tries++) {
      const [y, x] = [0, 1].map(() => 2 * radius + (side - 4 * radius) * random.next()) as [number, number];
      if (placed.every(([otherY, otherX]) => Math.hypot(y - otherY, x - otherX) > 3 * radius)) placed.push([y, x]);
    }
    for (const [y, x] of placed) canvas.fill(disc(y, x, radius), ink);
    const choices = Array.from({ length: CHOICES }, (_, i) => String(level - answer + i));
    return { frames: [canvas.picture(random, GRAIN)], choices };
  },
};
