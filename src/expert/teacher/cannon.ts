/** What the cannon and its missile can do. */

/** The cannon's centre moves between these. */
export const CANNON_END = { left: 37, middle: 78, right: 119 };
/** Pixels a decision. */
export const CANNON_SPEED = 2;
/** Pixels off the place to stand at from which on a shot would miss and keep the cannon from firing there soon. */
export const FIRE_REACH = 2;
/** Pixels that the missile flies to the right of the cannon's centre. */
export const MISSILE_BESIDE = 1;
/** Pixels a decision. */
const MISSILE_SPEED = 8;
/** The missile's highest row one decision after the shot. */
const MUZZLE = 172;

/** Decisions from the shot until the missile is at a row. */
export function flightTo(row: number): number {
  return Math.max(MUZZLE - row, 0) / MISSILE_SPEED + 1;
}

/** Whether the cannon is near enough to fire at a place after so many decisions of driving there. */
export function isReached(stand: number, cannon: number, decisions: number): boolean {
  return Math.abs(stand - cannon) <= CANNON_SPEED * decisions + FIRE_REACH;
}
