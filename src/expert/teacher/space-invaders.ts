/**
 * The teacher of Space Invaders: dodges the bomb beside it, else drives to where a missile will hit the
 * mother ship or an invader, and fires there.
 */
import type { Frame } from '../../core/index.js';
import { aim } from './aim.js';
import { marchOf } from './march.js';
import { aimAtShip } from './mother-ship.js';
import { actionFor } from './rule.js';
import { bombsOf, middle } from './shots.js';
import { CANNON_ROW, HALF_INVADER, type Sprites, spritesOf } from './sprites.js';
import type { Lesson, Teacher, Things } from './teacher.js';

/** Pixels beside the cannon, and the rows between which a bomb counts as near: past them it is in the ground. */
const NEAR = { beside: 12, from: 160, to: 189 };
/** A bomb is told in steps of so many pixels: to the pixel it could not be learnt, and the rule needs no more. */
const BOMB_STEP = 4;

/** Tells the x of the cannon, of the best place to stand at and of the bomb that is near (0: none). */
export const spaceInvadersTeacher: Teacher = { look, actionFor, things };

function look(frames: readonly Frame[]): Lesson {
  const sights = sightsOf(frames.map(spritesOf));
  return { sights, action: actionFor(sights) };
}

/** Those of the last picture that shows the cannon: it flickers while it is being hit and before it starts. */
function sightsOf(pictures: readonly Sprites[]): number[] {
  const at = pictures.findLastIndex(({ cannon }) => cannon !== null);
  const now = pictures[at];
  if (!now || now.cannon === null) return [0, 0, 0];
  const before = pictures.slice(0, at);
  return [now.cannon, standOf(now.cannon, now, before), nearBomb(now.cannon, now, before.at(-1))];
}

/** For the mother ship where it can be hit soon: it counts as much as ten invaders. Else for an invader. */
function standOf(cannon: number, now: Sprites, before: readonly Sprites[]): number {
  const march = marchOf(now, before);
  return aimAtShip(cannon, now, before, march) ?? aim(cannon, now, march);
}

function nearBomb(cannon: number, now: Sprites, before: Sprites | undefined): number {
  const distance = (x: number): number => Math.abs(x - cannon);
  const [nearest] = bombsOf(now, before)
    .filter(({ x, top, bottom }) => distance(x) <= NEAR.beside && bottom >= NEAR.from && top <= NEAR.to)
    .sort((one, other) => distance(one.x) - distance(other.x));
  return nearest === undefined ? 0 : Math.round(nearest.x / BOMB_STEP) * BOMB_STEP;
}

function things(frames: readonly Frame[]): Things {
  const [now, before] = [frames.at(-1), frames.at(-2)].map((frame) => frame && spritesOf(frame));
  if (!now) return { cannon: null, bombs: [], invaders: [] };
  return {
    cannon: now.cannon === null ? null : { x: now.cannon, y: CANNON_ROW },
    bombs: bombsOf(now, before).map((bomb) => ({ x: bomb.x, y: middle(bomb) })),
    invaders: now.columns.map(({ x, bottom }) => ({ x, y: bottom - HALF_INVADER })),
  };
}
