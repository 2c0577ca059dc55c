/** The sprites of a Space Invaders picture, found by their colours. */
import { AgentError, type Frame } from '../../core/index.js';

/** A vertical stretch of a shot's colour; both ends belong to it. */
export interface Shot {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** A column of invaders. */
export interface Column {
  /** Centre; between two pixels where the width is even. */
  readonly x: number;
  readonly left: number;
  readonly right: number;
  /** Lowest row of its lowest invader. */
  readonly bottom: number;
  readonly invaders: number;
}

/** What one picture shows, whatever happened before it. */
export interface Sprites {
  /** x of the cannon's centre, null where there is none. */
  readonly cannon: number | null;
  /** Bombs and the cannon's missile, from left to right. */
  readonly shots: readonly Shot[];
  /** From left to right. */
  readonly columns: readonly Column[];
}

const HEIGHT = 210;
export const WIDTH = 160;
/** The rows between the score and the ground. */
const FIELD = { from: 22, to: 194 };
const CANNON = { from: 185, to: 194 };
/** The row of the cannon's centre. */
export const CANNON_ROW = 190;
/** Rows from an invader's centre to its lowest. */
export const HALF_INVADER = 4;
const GREEN = 0x32_84_32;
const YELLOW = 0x86_86_1d;
const WHITE = 0x8e_8e_8e;
/** Pixels of nothing that part two sprites: within an invader, and in a shot that falls past one, there are fewer. */
const GAP = { invader: 4, shot: 8 };

const known = new WeakMap<Frame, Sprites>();

/** Read once for each frame object. Throws `unsupported_env` where it is no picture of this game's size. */
export function spritesOf(frame: Frame): Sprites {
  const before = known.get(frame);
  if (before) return before;
  const sprites = read(frame);
  known.set(frame, sprites);
  return sprites;
}

function read({ data, shape }: Frame): Sprites {
  if (`${shape}` !== `${[HEIGHT, WIDTH, 3]}`) {
    throw new AgentError('unsupported_env', 'the teacher reads the pictures of ALE/SpaceInvaders-v5', {
      expected: `a frame of [${HEIGHT}, ${WIDTH}, 3]`,
      got: `[${shape.join(', ')}]`,
    });
  }
  const cannon: number[] = [];
  const white: number[][] = Array.from({ length: WIDTH }, () => []);
  const yellow: number[][] = Array.from({ length: WIDTH }, () => []);
  for (let y = FIELD.from; y <= FIELD.to; y++) {
    for (let x = 0, at = y * WIDTH * 3; x < WIDTH; x++, at += 3) {
      const red = data[at] as number;
      if (red === 0) continue;
      const color = (red << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number);
      if (color === YELLOW) yellow[x]?.push(y);
      else if (color === WHITE) white[x]?.push(y);
      else if (color === GREEN && y >= CANNON.from && y <= CANNON.to) cannon.push(x);
    }
  }
  return {
    cannon: cannon.length === 0 ? null : Math.floor((Math.min(...cannon) + Math.max(...cannon)) / 2),
    shots: white.flatMap((rows, x) => stretches(rows, GAP.shot).map(([top, bottom]) => ({ x, top, bottom }))),
    columns: columnsOf(yellow),
  };
}

/** Columns of invaders from the rows that are yellow at each x. */
function columnsOf(yellow: readonly (readonly number[])[]): Column[] {
  const filled = [...yellow.keys()].filter((x) => yellow[x]?.length);
  return stretches(filled, GAP.invader).map(([left, right]) => {
    const rows = [...new Set(yellow.slice(left, right + 1).flat())].sort((a, b) => a - b);
    return {
      x: (left + right) / 2,
      left,
      right,
      bottom: rows.at(-1) as number,
      invaders: stretches(rows, GAP.invader).length,
    };
  });
}

/** First and last of each run of rising numbers in which none is `gap` or more after the one before it. */
function stretches(numbers: readonly number[], gap: number): [number, number][] {
  const found: [number, number][] = [];
  for (const one of numbers) {
    const last = found.at(-1);
    if (last && one - last[1] < gap) last[1] = one;
    else found.push([one, one]);
  }
  return found;
}
