/** The teacher reads drawn pictures exactly, and its action follows from what it tells. */

import { describe, expect, it } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import type { Frame } from '../../src/core/index.js';
import { isAgentError } from '../../src/core/index.js';
import { teacherOf } from '../../src/expert/index.js';
import { teacherPolicy } from '../../src/players/index.js';
import { cannon, invader, motherShip, picture, type Rectangle, shot } from './support/drawn-picture.js';

const game = loadGame('spaceinvaders');
const teacher = teacherOf(game);
const [NOOP, FIRE, RIGHT, LEFT, RIGHT_FIRE, LEFT_FIRE] = [0, 1, 2, 3, 4, 5];

/** Four pictures of which all but the newest are the same. */
const stack = (before: readonly Rectangle[], now: readonly Rectangle[]): Frame[] => {
  const old = picture(...before);
  return [old, old, old, picture(...now)];
};
const sightsOf = (frames: readonly Frame[]): readonly number[] => teacher.look(frames).sights;

describe('what it sees', () => {
  it('is the cannon, the place under the invader that is nearest, and no bomb', () => {
    const scene = [cannon(80), invader(60, 50), invader(76, 50), invader(76, 68)];
    // A missile flies a column to the right of the cannon's centre.
    expect(sightsOf(stack(scene, scene))).toEqual([80, 76, 0]);
    expect(teacher.things([picture(...scene)])).toEqual({
      cannon: { x: 80, y: 190 },
      bombs: [],
      invaders: [
        { x: 60.5, y: 55 },
        { x: 76.5, y: 73 },
      ],
    });
  });

  it('leads a formation that marches, the other way where it marches the other way', () => {
    const two = (x: number): Rectangle[] => [cannon(80), invader(x - 16, 50), invader(x, 50)];
    const [, right] = sightsOf(stack(two(86), two(90)));
    const [, left] = sightsOf(stack(two(94), two(90)));
    expect(right).toBeGreaterThan(95);
    expect(left).toBeLessThan(70);
  });

  it('is where a formation comes back to that turns before the missile is there', () => {
    const [, stand] = sightsOf(stack([cannon(119), invader(123, 130)], [cannon(119), invader(128, 130)]));
    expect(stand).toBeGreaterThan(100);
    expect(stand).toBeLessThan(120);
    // It has just come down, so it goes the other way from now on.
    const turned = sightsOf(stack([cannon(60), invader(127, 50)], [cannon(60), invader(132, 60)]));
    expect(turned[1]).toBeLessThan(100);
  });

  it('is no place under an invader that the cannon cannot reach while it can reach another', () => {
    const scene = [cannon(37), invader(25, 121), invader(57, 121)];
    expect(sightsOf(stack(scene, scene))[1]).toBe(57);
  });

  it('is the lowest invader once it is near the ground', () => {
    const high = [cannon(80), invader(80, 60), invader(112, 78)];
    const low = [cannon(80), invader(80, 130), invader(112, 148)];
    expect([high, low].map((scene) => sightsOf(stack(scene, scene))[1])).toEqual([80, 112]);
  });

  it('does not hang on a missile that is on its way: a shot that is asked for too soon costs nothing', () => {
    const flying = (top: number): Rectangle[] => [cannon(80), invader(60, 50), invader(76, 50), shot(81, top)];
    expect(sightsOf(stack(flying(120), flying(112)))).toEqual([80, 76, 0]);
  });

  it('is where the missile meets the mother ship, whichever way that goes', () => {
    const sky = (ship: number, at = 80): Rectangle[] => [cannon(at), motherShip(ship)];
    // The missile flies for twenty decisions, the ship by a pixel in each; the shield from 74 to 81 is in the way.
    expect(sightsOf(stack(sky(50, 69), sky(51, 69)))[1]).toBe(70);
    expect(sightsOf(stack(sky(59), sky(60)))[1]).toBe(81);
    expect(sightsOf(stack(sky(102), sky(101)))[1]).toBe(72);
  });

  it('is no mother ship that does not move, that was hit, that is too far off or behind an invader', () => {
    const sky = (ship: number, ...more: Rectangle[]): Rectangle[] => [cannon(80), motherShip(ship), ...more];
    const hit: Rectangle = { color: 'ship', x: [57, 64], y: [11, 20] };
    const roof = [38, 54, 70, 86, 102, 118].flatMap((x) => [invader(x - 4, 50), invader(x + 4, 50)]);
    const scenes = [stack(sky(60), sky(60)), stack(sky(59), [cannon(80), hit]), stack(sky(156), sky(155))];
    for (const frames of scenes) expect(sightsOf(frames)[1]).toBe(80);
    const [, stand] = sightsOf(stack(sky(59, ...roof), sky(60, ...roof)));
    expect(stand).not.toBe(81);
  });

  it('is the cannon for both where there is nothing to shoot at', () => {
    expect(sightsOf(stack([cannon(80)], [cannon(80)]))).toEqual([80, 80, 0]);
  });

  it('is a bomb that falls beside the cannon, in steps of four pixels, and neither a high nor a far one', () => {
    expect(sightsOf(stack([cannon(80), shot(74, 160)], [cannon(80), shot(74, 164)]))[2]).toBe(76);
    expect(sightsOf(stack([cannon(80), shot(74, 60)], [cannon(80), shot(74, 64)]))[2]).toBe(0);
    expect(sightsOf(stack([cannon(80), shot(110, 160)], [cannon(80), shot(110, 164)]))[2]).toBe(0);
  });

  it('is no bomb that is in the ground', () => {
    expect(sightsOf(stack([cannon(80), shot(74, 183)], [cannon(80), shot(74, 187)]))[2]).toBe(76);
    expect(sightsOf(stack([cannon(80), shot(74, 186)], [cannon(80), shot(74, 190)]))[2]).toBe(0);
  });

  it('is the nearer one of two bombs', () => {
    const at = (rise: number) => [cannon(80), shot(71, 170 + rise), shot(84, 162 + rise)];
    expect(sightsOf(stack(at(-4), at(0)))[2]).toBe(84);
  });

  it('is no bomb where the missile rises, nor where it was just fired', () => {
    const fired = stack([cannon(80)], [cannon(80), shot(81, 174)]);
    const rising = stack([cannon(80), shot(81, 174)], [cannon(80), shot(81, 166)]);
    for (const frames of [fired, rising]) {
      expect(sightsOf(frames)[2]).toBe(0);
      expect(teacher.things(frames).bombs).toEqual([]);
    }
  });

  it('holds all bombs, wherever they are, also one that is drawn in pieces behind an invader', () => {
    const pieces = [shot(20, 60), { color: 'invader', x: [17, 24], y: [62, 65] }] as const;
    const frames = stack([shot(140, 100)], [shot(140, 104), ...pieces]);
    expect(teacher.things(frames)).toEqual({
      cannon: null,
      invaders: [{ x: 20.5, y: 61 }],
      bombs: [
        { x: 20, y: 63.5 },
        { x: 140, y: 107.5 },
      ],
    });
  });

  it('is what the last picture with a cannon shows while it flickers, and nothing where none does', () => {
    const [seen, gone] = [picture(cannon(80), invader(60, 50)), picture(invader(60, 50))];
    expect(sightsOf([seen, gone, gone, gone])).toEqual(sightsOf([seen]));
    expect(teacher.look([gone, gone, gone, gone])).toEqual({ sights: [0, 0, 0], action: NOOP });
  });

  it('is refused for a picture of another size', () => {
    const small: Frame = { dtype: 'uint8', shape: [96, 96, 3], data: new Uint8Array(96 * 96 * 3) };
    expect(() => teacher.look([small])).toThrow(expect.objectContaining({ code: 'unsupported_env' }));
  });
});

describe('what it does', () => {
  it('is to drive to the place, and to fire once it is near', () => {
    expect([teacher.actionFor([60, 100, 0]), teacher.actionFor([100, 60, 0])]).toEqual([RIGHT, LEFT]);
    expect([teacher.actionFor([98, 100, 0]), teacher.actionFor([100, 98, 0])]).toEqual([RIGHT_FIRE, LEFT_FIRE]);
    expect([teacher.actionFor([97, 100, 0]), teacher.actionFor([100, 97, 0])]).toEqual([RIGHT, LEFT]);
    expect(teacher.actionFor([99, 100, 0])).toBe(FIRE);
  });

  it('is to leave a bomb, whatever there is to shoot at', () => {
    expect([teacher.actionFor([80, 80, 84]), teacher.actionFor([80, 80, 76])]).toEqual([LEFT_FIRE, RIGHT_FIRE]);
    expect([teacher.actionFor([80, 110, 84]), teacher.actionFor([80, 50, 76])]).toEqual([LEFT, RIGHT]);
  });

  it('is to pass under a bomb where the way away from it ends', () => {
    expect([teacher.actionFor([37, 37, 40]), teacher.actionFor([119, 119, 116])]).toEqual([RIGHT_FIRE, LEFT_FIRE]);
    expect([teacher.actionFor([42, 42, 44]), teacher.actionFor([114, 114, 112])]).toEqual([LEFT_FIRE, RIGHT_FIRE]);
  });

  it('is to leave a bomb right above on the side with more room, and not to turn back under it', () => {
    for (const cannon of [59, 60, 61]) expect(teacher.actionFor([cannon, 20, 60])).toBe(RIGHT);
    for (const cannon of [99, 100, 101]) expect(teacher.actionFor([cannon, 140, 100])).toBe(LEFT);
  });

  it('is to wait beside a bomb that lies on the way', () => {
    expect(teacher.actionFor([80, 82, 88])).toBe(FIRE);
    expect(teacher.actionFor([80, 70, 88])).toBe(LEFT);
  });
});

describe('as a policy', () => {
  it('is sure of the action that it takes', async () => {
    await using policy = teacherPolicy(game);
    const frames = stack([cannon(80), invader(60, 50)], [cannon(80), invader(60, 50)]);
    const situation = { episode: 'one', step: 0, frames, observation: frames[3] as Frame, attempt: 0 };
    await policy.begin({ episode: 'one', seed: 7, game } as Parameters<typeof policy.begin>[0]);
    const [answer] = await policy.act([situation]);
    expect(policy.id).toBe('teacher');
    expect(answer).toEqual({ kind: 'action', action: LEFT, probabilities: [0, 0, 0, 1, 0, 0] });
  });

  it('is not there for a game that nobody wrote one for', () => {
    const refusal = (() => {
      try {
        return teacherOf({ name: 'carracing' });
      } catch (error) {
        return error;
      }
    })();
    expect(isAgentError(refusal, 'usage') && refusal.message).toContain('spaceinvaders');
  });
});
