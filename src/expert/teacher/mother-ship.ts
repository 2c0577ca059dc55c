/** Where to stand to hit the mother ship: it crosses above the invaders, so the missile has to pass between these. */
import { CANNON_END, flightTo, isReached, MISSILE_BESIDE } from './cannon.js';
import type { Shift } from './march.js';
import { SHIP, type Sprites } from './sprites.js';

/** Pixels a decision. */
const SPEED = 1;
/** Decisions until the shot that are worth waiting: it counts as much as ten invaders. */
const MOST_WAIT = 12;
/** Pixels beside an invader's centre within which a missile does not pass. */
const IN_THE_WAY = 5;

/** x to stand at; null where no ship is seen to move, and where none can be hit soon. */
export function aimAtShip(
  cannon: number,
  now: Sprites,
  before: readonly Sprites[],
  march: (decisions: number) => Shift,
): number | null {
  const way = wayOf(now, before);
  if (now.ship === null || way === 0) return null;
  const flight = flightTo(SHIP.to);
  for (let wait = 0; wait <= MOST_WAIT; wait++) {
    const stand = Math.round(now.ship + way * SPEED * (wait + flight) - MISSILE_BESIDE);
    if (stand < CANNON_END.left || stand > CANNON_END.right || !isReached(stand, cannon, wait)) continue;
    const missile = stand + MISSILE_BESIDE;
    const meets = (x: number, row: number): boolean =>
      Math.abs(x + march(wait + flightTo(row)).across - missile) <= IN_THE_WAY;
    if (now.columns.some(({ x, top, bottom }) => meets(x, bottom) || meets(x, top))) continue;
    if (!now.shields.has(missile)) return stand;
  }
  return null;
}

/** 1 rightwards, -1 leftwards, 0 where it is not seen. */
function wayOf(now: Sprites, before: readonly Sprites[]): number {
  for (const { ship } of before.toReversed()) {
    if (ship !== null && now.ship !== null && ship !== now.ship) return Math.sign(now.ship - ship);
  }
  return 0;
}
