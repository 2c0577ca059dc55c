/** The action behind the three numbers that the teacher of Space Invaders tells. */
import { CANNON_END, CANNON_SPEED, FIRE_REACH } from './cannon.js';

/** Indices of the game's actions, standing still and moving right and left: without a shot and with one. */
const QUIET = { stay: 0, right: 2, left: 3 };
const FIRING = { stay: 1, right: 4, left: 5 };
/** Pixels beside the place to stand at that are near enough. */
const NEAR_ENOUGH = 1;
/** Pixels between the centres of bomb and cannon from which on they cannot meet; bombs are told in steps of four. */
const REACH = 7;
/** Pixels between the centres within which both ways out are alike. */
const UNDER = 1;

/**
 * From the x of the cannon, of the place to stand at and of the bomb that is near: away from the bomb where it would
 * hit, else to the place, but not under the bomb. Does nothing where no cannon is seen (0).
 */
export function actionFor(sights: readonly number[]): number {
  const [cannon = 0, stand = 0, bomb = 0] = sights;
  if (cannon === 0) return QUIET.stay;
  const actions = Math.abs(stand - cannon) <= FIRE_REACH ? FIRING : QUIET;
  const move = moveFor(cannon, stand, bomb);
  if (move === 0) return actions.stay;
  return move > 0 ? actions.right : actions.left;
}

/** 1 rightwards, -1 leftwards. */
function moveFor(cannon: number, stand: number, bomb: number): number {
  const way = stand - cannon;
  const wish = Math.abs(way) <= NEAR_ENOUGH ? 0 : Math.sign(way);
  if (bomb === 0) return wish;
  const off = cannon - bomb;
  if (Math.abs(off) <= REACH) return flee(cannon, bomb);
  return Math.abs(off + CANNON_SPEED * wish) <= REACH ? 0 : wish;
}

/** Away from the bomb, unless the cannon's way ends too soon: then past it, while it is still high enough. */
function flee(cannon: number, bomb: number): number {
  const off = cannon - bomb;
  // By the bomb's place alone: by the cannon's, which moves by two, it would turn to and fro under the bomb.
  if (Math.abs(off) <= UNDER) return bomb < CANNON_END.middle ? 1 : -1;
  const away = Math.sign(off);
  const room = away > 0 ? CANNON_END.right - cannon : cannon - CANNON_END.left;
  return room + Math.abs(off) >= REACH ? away : -away;
}
