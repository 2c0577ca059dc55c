/** The action behind the three numbers that the teacher of Space Invaders tells. */

/** Indices of the game's actions, standing still and moving right and left: without a shot and with one. */
const QUIET = { stay: 0, right: 2, left: 3 };
const FIRING = { stay: 1, right: 4, left: 5 };
/** Pixels beside the place to stand at that are near enough. */
const NEAR_ENOUGH = 1;
/** Pixels between the centres of bomb and cannon from which on they cannot meet. */
const REACH = 7;
/** Pixels off the place to stand at from which on a shot would only keep the cannon from firing there soon. */
const FIRE_REACH = 5;
/** Pixels a decision. */
const SPEED = 2;

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
  if (Math.abs(off) <= REACH) return off === 0 ? wish || 1 : Math.sign(off);
  return Math.abs(off + SPEED * wish) <= REACH ? 0 : wish;
}
