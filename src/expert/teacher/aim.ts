/** Where to stand for the invader that is best shot next. */
import { CANNON_END, flightTo, isReached, MISSILE_BESIDE } from './cannon.js';
import type { Column } from './columns.js';
import { lowestOf, type Shift } from './march.js';
import type { Sprites } from './sprites.js';

/** Decisions that are looked ahead for a place to hit from. */
const HORIZON = 80;
/** Pixels beside an invader's centre from which on a missile misses. */
const HIT_REACH = 3;
/** Decisions that one of a missile's flight counts as: while it flies, the next invader can be aimed at. */
const FLIGHT_COST = 0.3;
/** Decisions a pixel of driving: of two that are as soon, the nearer one. */
const WAY_COST = 0.05;
/**
 * Invaders that reach the ground end the game with all lives. So the lower the lowest are, the more decisions a pixel
 * that one stands above them costs: `a_pixel` for each pixel that they are below row `from`.
 */
const LOW = { from: 140, a_pixel: 0.1 };

interface Hit {
  /** Decisions until the shot. */
  readonly wait: number;
  /** Decisions that the missile flies. */
  readonly flight: number;
  readonly stand: number;
}

/**
 * x to stand at; the cannon's own where nothing is left.
 * @param march where the invaders are after so many decisions
 */
export function aim(cannon: number, now: Sprites, march: (decisions: number) => Shift): number {
  const lowest = lowestOf(now);
  let best = { cost: Number.POSITIVE_INFINITY, stand: cannon };
  for (const column of now.columns) {
    const hit = hitOf(column, cannon, march);
    if (!hit) continue;
    const { wait, flight, stand } = hit;
    let cost = wait + FLIGHT_COST * flight + WAY_COST * Math.abs(stand - cannon);
    cost += LOW.a_pixel * Math.max(lowest - LOW.from, 0) * (lowest - column.bottom);
    if (cost < best.cost) best = { cost, stand };
  }
  return best.stand;
}

/** The soonest hit of a column's lowest invader. */
function hitOf(column: Column, cannon: number, march: (decisions: number) => Shift): Hit | undefined {
  for (let wait = 0; wait < HORIZON; wait++) {
    const soon = march(wait + flightTo(column.bottom));
    const flight = flightTo(column.bottom + soon.down);
    const { across } = march(wait + flight);
    const x = column.x + across - MISSILE_BESIDE;
    const stand = Math.min(Math.max(Math.round(x), CANNON_END.left), CANNON_END.right);
    if (Math.abs(x - stand) > HIT_REACH || !isReached(stand, cannon, wait)) continue;
    return { wait, flight, stand };
  }
}
