/** Plays one action throughout: a chosen one, or the one that does nothing. */

import { parseWrittenAction, requireLength } from '../agent/game/action-vector.js';
import type { Game } from '../agent/game/game.js';
import type { Action, Policy } from '../agent/policy.js';
import { AgentError } from '../core/index.js';
import type { PolicyKind } from './registry.js';
import { simplePolicy } from './simple-policy.js';

/** `--policy noop`. */
export const noopKind: PolicyKind = {
  name: 'noop',
  argument: null,
  description: 'the action that does nothing',
  create: async (_, { game }) => createNoopPolicy(game),
};

/** `--policy constant:ACTION`. */
export const constantKind: PolicyKind = {
  name: 'constant',
  argument: { name: 'ACTION', isRequired: true },
  description: 'one action throughout, by name, alias or index',
  create: async (action, { game }) => createConstantPolicy(action as string, game),
};

/** `action` is a name, an alias, an index or a vector. Throws `illegal_action` where the game has no such action. */
export function createConstantPolicy(action: string, game: Game): Policy {
  const chosen = parseWrittenAction(action, game, '--policy constant:ACTION');
  const name = typeof chosen === 'number' ? game.actions[chosen]?.name : JSON.stringify(chosen);
  return always(chosen, `constant:${name}`);
}

/** Throws `usage` where the game has no action that does nothing. */
export function createNoopPolicy(game: Game): Policy {
  if (game.noop === null) {
    throw new AgentError('usage', `${game.name} has no action that does nothing`, {
      expected: 'a game whose YAML names one (`noop: ACTION`)',
      where: '--policy noop',
      next: 'take constant:ACTION instead',
    });
  }
  return always(game.noop, 'noop');
}

function always(action: Action, id: string): Policy {
  return simplePolicy({
    id,
    createPlayer: ({ env }) => {
      requireLength(action, env);
      return () => ({ kind: 'action', action });
    },
  });
}
