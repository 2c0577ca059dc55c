/** How the invaders march: all alike, sideways, and one descent at each turn, quicker the fewer are left. */
import type { Column } from './columns.js';
import { type Sprites, WIDTH } from './sprites.js';

/** Columns of the picture between which invaders march; they turn there. */
const EDGES = { left: 22, right: 136 };
/** Pixels that all come down at a turn, and pixels from which on the lowest have come down: they also bob. */
const DESCENT = { height: 10, least: 5 };
/** Pixels a decision and pixels a step by the number of invaders that are left, from one on. */
const PACES = [
  { speed: 5, step: 5 },
  { speed: 2.29, step: 4 },
  { speed: 1.5, step: 3 },
  { speed: 0.92, step: 3 },
  { speed: 0.72, step: 3 },
  { speed: 0.72, step: 3 },
  { speed: 0.72, step: 3 },
] as const;
const PACE_OF_FEW = { below: 22, speed: 0.37, step: 2 };
const PACE_OF_MANY = { speed: 0.125, step: 1 };
/** Half the distance of two columns: what moved further was another one. */
const MOST_SHIFT = 7;

/** Pixels that the invaders move rightwards and downwards. */
export interface Shift {
  readonly across: number;
  readonly down: number;
}

/** Where the invaders of `now` will be after so many decisions; nowhere else where no direction is seen. */
export function marchOf(now: Sprites, before: readonly Sprites[]): (decisions: number) => Shift {
  const { speed, step } = paceOf(now.columns);
  const way = wayOf(now, before);
  const room = way === 0 ? 0 : Math.max(roomOf(now.columns, way), 0);
  return (decisions) => {
    if (way === 0) return { across: 0, down: 0 };
    if (speed * decisions <= room) return { across: way * speed * decisions, down: 0 };
    // The descent takes the time of a step.
    const back = Math.max(decisions - room / speed - step / speed, 0) * speed;
    return { across: way * (room - back), down: DESCENT.height };
  };
}

/** Lowest row of the lowest invader, 0 where there is none. */
export function lowestOf({ columns }: Sprites): number {
  return columns.reduce((lowest, { bottom }) => Math.max(lowest, bottom), 0);
}

/** 1 rightwards, -1 leftwards, 0 where the pictures do not show it: between two steps of many it may take longer. */
function wayOf(now: Sprites, before: readonly Sprites[]): number {
  if (now.columns.length === 0) return 0;
  for (const picture of before.toReversed()) {
    // They turned since, so what they moved before says nothing.
    const turned = picture.columns.length > 0 && lowestOf(now) - lowestOf(picture) >= DESCENT.least;
    if (turned) return roomOf(now.columns, -1) < roomOf(now.columns, 1) ? 1 : -1;
    const shift = shiftBetween(picture.columns, now.columns);
    if (Math.abs(shift) >= 1) return Math.sign(shift);
  }
  return 0;
}

/** Pixels to the edge that lies on the way. */
function roomOf(columns: readonly Column[], way: number): number {
  const [first, last] = [columns[0] as Column, columns.at(-1) as Column];
  return way > 0 ? EDGES.right - last.right : first.left - EDGES.left;
}

function shiftBetween(before: readonly Column[], now: readonly Column[]): number {
  const shifts = now.map(({ x }) => {
    const shift = before.map((other) => x - other.x);
    return shift.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least), WIDTH);
  });
  const own = shifts.filter((shift) => Math.abs(shift) <= MOST_SHIFT).sort((a, b) => a - b);
  return own[own.length >> 1] ?? 0;
}

function paceOf(columns: readonly Column[]): { readonly speed: number; readonly step: number } {
  const invaders = columns.reduce((sum, column) => sum + column.invaders, 0);
  return PACES[invaders - 1] ?? (invaders < PACE_OF_FEW.below ? PACE_OF_FEW : PACE_OF_MANY);
}
