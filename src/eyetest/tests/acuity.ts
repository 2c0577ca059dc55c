/** How small a thing may be: a ring's gap, a letter's strokes, a dot. */
import { box, Canvas, disc } from '../drawing/canvas.js';
import { type DrawnQuestion, type DrawOptions, type EyeTest, pixelLevels, polarity, QUARTERS } from './eye-test.js';

/** How far a symbol that is open at its top is turned, clockwise, to point to each of the quarters. */
const TURNS = [-1, 1, -3, 3].map((eighths) => (eighths * Math.PI) / 4);
/** Strokes that a square of five takes when it stands on its corner. */
const ACROSS = 5 * Math.SQRT2;
/** Steps by which pixels differ by chance: far less than what is drawn. */
const GRAIN = 4;

/** Whether a point is of a symbol, by what lies between it and the symbol's middle. */
type Symbol = (dy: number, dx: number) => boolean;

/**
 * A square of five strokes on one of its corners, somewhere in the picture. It points to a corner and not to a side:
 * rows that are alike make a smaller file than columns that are, and would tell the answer.
 */
function drawSymbol({ level, answer, side, random }: DrawOptions, symbol: (level: number) => Symbol): DrawnQuestion {
  const { paper, ink } = polarity(random);
  const canvas = new Canvas(side, paper);
  const size = ACROSS * level;
  const [y, x] = [random.next(), random.next()].map((share) => size / 2 + (side - size) * share) as [number, number];
  const upright = symbol(level);
  const [sine, cosine] = [Math.sin(TURNS[answer] as number), Math.cos(TURNS[answer] as number)];
  const has = (atY: number, atX: number): boolean => {
    const [dy, dx] = [atY - y, atX - x];
    return upright(dy * cosine - dx * sine, dx * cosine + dy * sine);
  };
  canvas.fill({ ...box(y - size / 2, x - size / 2, size, size), has }, ink);
  return { frames: [canvas.picture(random, GRAIN)] };
}

const symbolLevels = (side: number) => pixelLevels(Math.floor(side / ACROSS));

export const gap: EyeTest = {
  ...{ name: 'gap', family: 'acuity', measures: 'smallest gap of a ring', unit: 'pixels', harder: 'smaller' },
  levels: symbolLevels,
  choices: QUARTERS,
  frames: 1,
  wordings: [
    'The picture shows a ring with one gap. Where in the ring is the gap?',
    'There is a ring that is open at one place, like the letter C. Towards which corner does the opening point?',
    'Look for the broken ring. In which direction from its middle does the gap lie?',
  ],
  draw: (options) =>
    drawSymbol(options, (level) => (dy, dx) => {
      const isRing = Math.hypot(dy, dx) < 2.5 * level && Math.hypot(dy, dx) >= 1.5 * level;
      return isRing && !(dy < 0 && Math.abs(dx) < level / 2);
    }),
};

export const letter: EyeTest = {
  ...{ name: 'letter', family: 'acuity', measures: 'thinnest stroke of a letter', unit: 'pixels', harder: 'smaller' },
  levels: symbolLevels,
  choices: QUARTERS,
  frames: 1,
  wordings: [
    'The picture shows the letter E, turned. Towards which corner do its three arms point?',
    'A shape like a comb with three teeth is shown. In which direction do the teeth point?',
    'Look for the turned letter E. To which corner is it open?',
  ],
  draw: (options) =>
    drawSymbol(options, (level) => {
      const half = 2.5 * level;
      // Its back lies below, and the arms point up.
      return (dy, dx) => {
        if (Math.abs(dy) > half || Math.abs(dx) > half) return false;
        return dy > half - level || Math.floor((dx + half) / level) % 2 === 0;
      };
    }),
};

export const dot: EyeTest = {
  ...{ name: 'dot', family: 'acuity', measures: 'smallest dot that is found', unit: 'pixels', harder: 'smaller' },
  levels: (side) => pixelLevels(Math.floor(side / 4)),
  choices: QUARTERS,
  frames: 1,
  wordings: [
    'There is one dot in the picture. In which corner of the picture does it lie?',
    'Divide the picture into four quarters. Which quarter holds the dot?',
    'Find the single small spot. Is it at the top left, top right, bottom left or bottom right?',
  ],
  draw: ({ level, answer, side, random }) => {
    const { paper, ink } = polarity(random);
    const canvas = new Canvas(side, paper);
    const half = side / 2;
    const place = (): number => level / 2 + (half - level) * (0.05 + 0.85 * random.next());
    const [y, x] = [place(), place()];
    const [top, left] = [answer < 2, answer % 2 === 0];
    canvas.fill(disc(top ? y : side - y, left ? x : side - x, level / 2), ink);
    return { frames: [canvas.picture(random, GRAIN)] };
  },
};

export const offset: EyeTest = {
  ...{
    name: 'offset',
    family: 'place',
    measures: 'smallest step between two lines',
    unit: 'pixels',
    harder: 'smaller',
  },
  levels: (side) => pixelLevels(Math.floor(side / 5)),
  choices: ['left', 'right'],
  frames: 1,
  wordings: [
    'There are two upright lines, one above the other. Does the lower one lie further left or further right?',
    'Compare the two lines. Is the lower line shifted to the left or to the right of the upper one?',
    'Two lines stand one over the other. To which side is the lower one moved?',
  ],
  draw: ({ level, answer, side, random }) => {
    const { paper, ink } = polarity(random);
    const canvas = new Canvas(side, paper);
    const [length, width] = [0.3 * side, Math.max(2, side / 60)];
    const top = 0.08 * side + 0.1 * side * random.next();
    const shift = answer === 0 ? -level : level;
    // The middle between the two says nothing of their order.
    const middle = 0.35 * side + 0.3 * side * random.next();
    canvas.fill(box(top, middle - shift / 2, length, width), ink);
    canvas.fill(box(top + 1.15 * length, middle + shift / 2, length, width), ink);
    return { frames: [canvas.picture(random, GRAIN)] };
  },
};
