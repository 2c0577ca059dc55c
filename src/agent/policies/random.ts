/** Plays each action as likely as any other. The draws depend on the episode's seed alone. */
import { AgentError, createRandom } from '../../core/index.js';
import type { Policy } from '../policy.js';
import { simplePolicy } from './simple-policy.js';

export function createRandomPolicy(): Policy {
  return simplePolicy({
    id: 'random',
    createPlayer: ({ seed, env }) => {
      const { actionSpace } = env;
      if (actionSpace.kind !== 'discrete') {
        throw new AgentError('unsupported_env', 'random play needs actions to draw from', {
          expected: 'a Discrete action space, or a game that gives its actions vectors',
          got: `a Box of shape [${actionSpace.shape.join(', ')}]`,
          where: env.id,
          next: "give every action of the game's YAML a vector",
        });
      }
      const random = createRandom(seed, 'policy:random');
      return () => ({ kind: 'action', action: random.integer(actionSpace.count) });
    },
  });
}
