/** Which of a picture's shots are bombs: they fall, the cannon's missile rises. */
import type { Shot, Sprites } from './sprites.js';

/** Rows that a bomb falls and the missile rises between two pictures, at least and at most. */
const FALL = [2, 7] as const;
const RISE = [5, 13] as const;
/**
 * Where the missile's lowest row is in the first picture that shows it, and how far beside the cannon's centre it is.
 */
const START = { from: 165, to: 184, beside: 4 };

/** The bombs of `now`; `before` is the picture before it, where there is one. */
export function bombsOf(now: Sprites, before: Sprites | undefined): readonly Shot[] {
  return now.shots.filter((shot) => !isMissile(shot, now, before));
}

function isMissile(shot: Shot, { cannon }: Sprites, before: Sprites | undefined): boolean {
  const falls = (before?.shots ?? []).filter(({ x }) => x === shot.x).map((other) => middle(shot) - middle(other));
  if (falls.some((fall) => fall >= FALL[0] && fall <= FALL[1])) return false;
  if (falls.some((fall) => -fall >= RISE[0] && -fall <= RISE[1])) return true;
  const isLow = shot.bottom >= START.from && shot.bottom <= START.to;
  return isLow && cannon !== null && Math.abs(shot.x - cannon) <= START.beside;
}

/** The middle row of a shot. */
export function middle({ top, bottom }: Shot): number {
  return (top + bottom) / 2;
}
