/** Actions as people name them on the command line and in scripts. */
import { AgentError } from '../../core/index.js';
import { didYouMean } from '../../core/yaml-config.js';
import { lexiconOf } from '../parser/action-lexicon.js';
import type { Game } from './game.js';

/**
 * The index of an action given by name, alias or index. Throws `illegal_action`, which says `where`, where the game has
 * no such action.
 */
export function resolveAction(given: string, game: Pick<Game, 'name' | 'actions'>, where: string): number {
  const text = given.trim();
  const index = /^\d+$/.test(text) ? Number(text) : lexiconOf(game.actions).find(text);
  if (index !== undefined && index < game.actions.length) return index;
  const names = game.actions.flatMap(({ name, aliases }) => [name, ...aliases]);
  const similar = didYouMean(text, names);
  throw new AgentError('illegal_action', `${game.name} has no action ${JSON.stringify(text)}`, {
    expected: `${game.actions.map(({ name }) => name).join(', ')}, an alias of one, or an index from 0 to ${game.actions.length - 1}`,
    got: text,
    where,
    ...(similar === undefined ? {} : { next: `did you mean ${similar}?` }),
  });
}
