/** The sprites of a Space Invaders picture, found by their colours. */
import { AgentError, type Frame } from '../../core/index.js';
import { type Column, columnsOf, stretches } from './columns.js';

/** A vertical stretch of a shot's colour; both ends belong to it. */
export interface Shot {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** What one picture shows, whatever happened before it. */
export interface Sprites {
  /** x of the cannon's centre, null where there is none. */
  readonly cannon: number | null;
  /** Bombs and the cannon's missile, from left to right. */
  readonly shots: readonly Shot[];
  /** From left to right. */
  readonly columns: readonly Column[];
  /** x of the mother ship's centre, null where there is none; between two pixels where it moved by one. */
  readonly ship: number | null;
  /** Each x at which something is left of a shield. */
  readonly shields: ReadonlySet<number>;
}

const HEIGHT = 210;
export const WIDTH = 160;
/** The rows between the score and the ground. */
const FIELD = { from: 22, to: 194 };
/** Rows of the mother ship. One that is hit is as purple, but higher. */
export const SHIP = { from: 12, to: 19 };
const SHIELDS = { from: 157, to: 175 };
/** The first row of the cannon. */
const CANNON = { from: 185 };
/** The row of the cannon's centre. */
export const CANNON_ROW = 190;
/** Rows from an invader's centre to its lowest. */
export const HALF_INVADER = 4;
const GREEN = 0x32_84_32;
const YELLOW = 0x86_86_1d;
const WHITE = 0x8e_8e_8e;
const PURPLE = 0x97_19_7a;
const ORANGE = 0xb5_53_28;
/** Pixels of nothing that part two shots: in one that falls past an invader there are fewer. */
const SHOT_GAP = 8;

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
  const shields = new Set<number>();
  const white: number[][] = Array.from({ length: WIDTH }, () => []);
  const yellow: number[][] = Array.from({ length: WIDTH }, () => []);
  const purple: { x: number; y: number }[] = [];
  for (let y = SHIP.from - 1; y <= FIELD.to; y++) {
    for (let x = 0, at = y * WIDTH * 3; x < WIDTH; x++, at += 3) {
      const red = data[at] as number;
      if (red === 0) continue;
      const color = (red << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number);
      if (y < FIELD.from) {
        if (color === PURPLE && y <= SHIP.to) purple.push({ x, y });
      } else if (color === YELLOW) yellow[x]?.push(y);
      else if (color === WHITE) white[x]?.push(y);
      else if (color === GREEN && y >= CANNON.from) cannon.push(x);
      else if (color === ORANGE && y >= SHIELDS.from && y <= SHIELDS.to) shields.add(x);
    }
  }
  return {
    cannon: cannon.length === 0 ? null : Math.floor(centre(cannon)),
    shots: white.flatMap((rows, x) => stretches(rows, SHOT_GAP).map(([top, bottom]) => ({ x, top, bottom }))),
    columns: columnsOf(yellow),
    ship: purple[0]?.y === SHIP.from ? centre(purple.map(({ x }) => x)) : null,
    shields,
  };
}

function centre(xs: readonly number[]): number {
  return (Math.min(...xs) + Math.max(...xs)) / 2;
}
