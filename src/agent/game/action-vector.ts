/** Actions of environments that take vectors, as people write them: `[0.5, 0, 1]`. */
import { AgentError, type EnvSpec, sizeOf } from '../../core/index.js';
import type { Action } from '../policy.js';
import { resolveAction } from './action-name.js';
import type { Game } from './game.js';

/**
 * An action by name, alias or index, or of a game without named actions a vector in brackets. Throws `illegal_action`,
 * which says `where`.
 */
export function parseWrittenAction(given: string, game: Game, where: string): Action {
  if (game.actions.length > 0) return resolveAction(given, game, where);
  const numbers = /^\[(.*)\]$/s
    .exec(given.trim())?.[1]
    ?.split(',')
    .map((part) => part.trim());
  const vector = numbers?.map(Number);
  if (vector && numbers?.every((part) => part !== '') && vector.every(Number.isFinite)) return vector;
  throw new AgentError('illegal_action', `the actions of ${game.name} are vectors`, {
    expected: 'numbers in brackets, such as [0.5, 0, 1]',
    got: given.trim(),
    where,
    next: 'names are for a game with a YAML that gives each action its vector; see docs/games.md',
  });
}

/** Throws `illegal_action` for a vector that is of another length than the environment's. */
export function requireLength(action: Action, { actionSpace, id }: EnvSpec): void {
  if (typeof action === 'number' || actionSpace.kind !== 'box') return;
  const size = sizeOf(actionSpace.shape);
  if (action.length === size) return;
  throw new AgentError('illegal_action', 'a vector of another length than the environment takes', {
    expected: `${size} numbers`,
    got: `[${action.join(', ')}]`,
    where: id,
  });
}
