/** Cannon, lowest shot and an invader in a frame of Space Invaders, by the sprites that the teacher finds. */
import type { Frame } from '../../../core/nd-array.js';
import { spritesOf } from '../../../expert/teacher/sprites.js';
import { type Mask, maskOfBox } from '../../masks/mask.js';
import type { Box } from '../../pictures/index.js';

/** Rows of the cannon, and of an invader. */
const CANNON = [185, 194] as const;
const INVADER = 10;
/** Columns beside the cannon's centre. */
const HALF_CANNON = 4;

export function spaceInvadersThings(frame: Frame): ReadonlyMap<string, Mask> {
  const { cannon, shots, columns } = spritesOf(frame);
  const things = new Map<string, Mask>();
  const inBox = (box: Box): Mask => brightIn(frame, box);
  if (cannon !== null) {
    things.set('the cannon', inBox([CANNON[0], cannon - HALF_CANNON, CANNON[1], cannon + HALF_CANNON]));
  }
  // One picture does not tell a bomb from the cannon's own shot.
  const [lowest, next] = [...shots].sort((a, b) => b.bottom - a.bottom);
  if (lowest && lowest.bottom !== next?.bottom) {
    things.set('the lowest shot', inBox([lowest.top, lowest.x, lowest.bottom, lowest.x]));
  }
  const [leftmost] = columns;
  if (leftmost) {
    const { left, right, bottom } = leftmost;
    things.set('the lowest invader of the leftmost column', inBox([bottom - INVADER + 1, left, bottom, right]));
  }
  return new Map([...things].filter(([, { data }]) => data.includes(1)));
}

/** What is not black in a box. */
function brightIn({ shape, data }: Frame, box: Box): Mask {
  const [height, width, channels] = shape as [number, number, number];
  const mask = maskOfBox(box, height, width);
  return {
    ...mask,
    data: mask.data.map((inside, i) => (inside === 1 && (data[i * channels] as number) > 0 ? 1 : 0)),
  };
}
