/** Where to stand for the quickest hit. */
import { type Column, type Sprites, WIDTH } from './sprites.js';

/** The cannon's centre moves between these. */
const LEFT_END = 37;
const RIGHT_END = 122;
/** Pixels a decision. */
const CANNON_SPEED = 2;
/** Pixels a decision. */
const MISSILE_SPEED = 8;
/** The row from which missiles start. */
const MUZZLE = 185;
/** Decisions that a missile's flight counts for beside decisions of driving: while it flies, others can be aimed at. */
const FLIGHT_COST = 0.3;
/** Pixels a decision by the number of invaders that are left, from one on. */
const SPEEDS = [4.3, 2.2, 1.7, 0.9, 0.75, 0.75, 0.75] as const;
const SPEED_OF_MANY = { below: 22, few: 0.37, many: 0.125 };
/** Half the distance of two columns: what moved further was another one. */
const MOST_SHIFT = 7;

/** x to stand at, from the newest picture and those before it, oldest first; the cannon's own where nothing is left. */
export function aim(cannon: number, now: Sprites, before: readonly Sprites[]): number {
  const velocity = marchOf(now, before);
  let best = { cost: Number.POSITIVE_INFINITY, stand: cannon };
  for (const column of now.columns) {
    const flight = Math.max(MUZZLE - 1 - column.bottom, 0) / MISSILE_SPEED + 1;
    const x = column.x + velocity * flight;
    const stand = Math.min(Math.max(Math.round(x), LEFT_END), RIGHT_END);
    const cost = Math.abs(stand - cannon) / CANNON_SPEED + FLIGHT_COST * flight;
    if (cost < best.cost) best = { cost, stand };
  }
  return best.stand;
}

/** Pixels a decision, rightwards; 0 where the pictures do not show where the formation goes. */
function marchOf(now: Sprites, before: readonly Sprites[]): number {
  for (const picture of before.toReversed()) {
    const shift = shiftBetween(picture.columns, now.columns);
    if (Math.abs(shift) >= 1) return Math.sign(shift) * speedOf(now.columns);
  }
  return 0;
}

function shiftBetween(before: readonly Column[], now: readonly Column[]): number {
  const shifts = now.map(({ x }) => {
    const shift = before.map((other) => x - other.x);
    return shift.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least), WIDTH);
  });
  const own = shifts.filter((shift) => Math.abs(shift) <= MOST_SHIFT).sort((a, b) => a - b);
  return own[own.length >> 1] ?? 0;
}

function speedOf(columns: readonly Column[]): number {
  const invaders = columns.reduce((sum, column) => sum + column.invaders, 0);
  return SPEEDS[invaders - 1] ?? (invaders < SPEED_OF_MANY.below ? SPEED_OF_MANY.few : SPEED_OF_MANY.many);
}
