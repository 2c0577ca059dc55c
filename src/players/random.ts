/** Plays each action as likely as any other. The draws depend on the episode's seed alone. */

import type { Policy } from '../agent/policy.js';
import { createRandom, type EnvSpec, type Random, sizeOf } from '../core/index.js';
import type { PolicyKind } from './registry.js';
import { simplePolicy } from './simple-policy.js';

/** `--policy random`. */
export const randomKind: PolicyKind = {
  name: 'random',
  argument: null,
  description: 'every action as likely as any other, drawn from the seed',
  create: async () => createRandomPolicy(),
};

export function createRandomPolicy(): Policy {
  return simplePolicy({
    id: 'random',
    createPlayer: ({ seed, env }) => {
      const { actionSpace } = env;
      const random = createRandom(seed, 'policy:random');
      if (actionSpace.kind === 'discrete') {
        return () => ({ kind: 'action', action: random.integer(actionSpace.count) });
      }
      return () => ({ kind: 'action', action: drawVector(actionSpace, random) });
    },
  });
}

/** As Gymnasium samples a Box: evenly between bounds, by an exponential from a single bound on, else by a normal. */
function drawVector(space: EnvSpec['observationSpace'], random: Random): number[] {
  const isWhole = !space.dtype.startsWith('float');
  return Array.from({ length: sizeOf(space.shape) }, (_, i) => {
    const [low, high] = [space.lows?.[i] ?? space.low, space.highs?.[i] ?? space.high];
    const drawn = draw(low, isWhole ? high + 1 : high, random);
    return isWhole ? Math.min(high, Math.floor(drawn)) : drawn;
  });
}

function draw(low: number, high: number, random: Random): number {
  const exponential = (): number => -Math.log(1 - random.next());
  if (Number.isFinite(low) && Number.isFinite(high)) return low + random.next() * (high - low);
  if (Number.isFinite(low)) return low + exponential();
  if (Number.isFinite(high)) return high - exponential();
  // Box and Muller's way to a normal number.
  return Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * random.next());
}
