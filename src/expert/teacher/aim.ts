/** Where to stand for the invader that is best shot next. */
import { CANNON_END, FIRE_REACH, flightTo, isReached, MISSILE_BESIDE } from './cannon.js';
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
/** From this row on the one that marches out of the reach first is shot first: decisions for each pixel behind it. */
const FRONT = { from: 160, a_pixel: 0.8 };
/** From this row on the next turn loses the game: what is hit after it counts as so many decisions later. */
const GROUND = { from: 165, cost: 100 };

interface Hit {
  /** Decisions until the shot. */
  readonly wait: number;
  /** Decisions that the missile flies. */
  readonly flight: number;
  readonly stand: number;
  readonly isLate: boolean;
}

/**
 * x to stand at; the cannon's own where nothing is left.
 * @param march where the invaders are after so many decisions
 * @param ready decisions until the cannon can fire
 */
export function aim(cannon: number, now: Sprites, march: (decisions: number) => Shift, ready: number): number {
  const lowest = lowestOf(now);
  const front = now.columns.at(-1)?.x ?? 0;
  let best = { cost: Number.POSITIVE_INFINITY, stand: cannon, wait: ready };
  for (const column of now.columns) {
    const hit = hitOf(column, cannon, march, ready);
    if (!hit) continue;
    const { wait, flight, stand } = hit;
    let cost = wait + FLIGHT_COST * flight + WAY_COST * Math.abs(stand - cannon);
    cost += LOW.a_pixel * Math.max(lowest - LOW.from, 0) * (lowest - column.bottom);
    if (column.bottom >= FRONT.from) cost += FRONT.a_pixel * (front - column.x);
    if (hit.isLate) cost += GROUND.cost;
    if (cost < best.cost) best = { cost, stand, wait };
  }
  return best.wait > ready ? held(cannon, best.stand) : best.stand;
}

/** The soonest hit of a column's lowest invader. */
function hitOf(column: Column, cannon: number, march: (decisions: number) => Shift, ready: number): Hit | undefined {
  for (let wait = ready; wait < HORIZON; wait++) {
    const soon = march(wait + flightTo(column.bottom));
    const flight = flightTo(column.bottom + soon.down);
    const { across, down } = march(wait + flight);
    const x = column.x + across - MISSILE_BESIDE;
    const stand = Math.min(Math.max(Math.round(x), CANNON_END.left), CANNON_END.right);
    if (Math.abs(x - stand) > HIT_REACH || !isReached(stand, cannon, wait)) continue;
    return { wait, flight, stand, isLate: down > 0 && column.bottom >= GROUND.from };
  }
}

/** The cannon fires as soon as it is near the place: to come too early would be to miss, so it keeps away from it. */
function held(cannon: number, stand: number): number {
  if (Math.abs(stand - cannon) > FIRE_REACH) return stand;
  const way = Math.sign(stand - cannon) || (cannon > CANNON_END.middle ? 1 : -1);
  return cannon + way * (FIRE_REACH + 1);
}
