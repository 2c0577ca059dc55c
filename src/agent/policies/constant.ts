/** Plays one action throughout: a chosen one, or the one that does nothing. */
import { AgentError } from '../../core/index.js';
import { resolveAction } from '../action-name.js';
import type { Game } from '../game.js';
import type { Policy } from '../policy.js';
import { simplePolicy } from './simple-policy.js';

/** `action` is a name, an alias or an index. Throws `illegal_action` where the game has no such action. */
export function createConstantPolicy(action: string, game: Game): Policy {
  const index = resolveAction(action, game, '--policy constant:ACTION');
  return always(index, `constant:${game.actions[index]?.name}`);
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

function always(action: number, id: string): Policy {
  return simplePolicy({ id, createPlayer: () => () => ({ kind: 'action', action }) });
}
