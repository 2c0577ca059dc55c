/** Ways to tell the same game: what the actions are called changes, and what they do stays. */
import { areActionNames, type Game, playOf } from '../agent/index.js';
import { AgentError, type Random } from '../core/index.js';
import { drawLongNames } from '../training/pictures/index.js';
import { plainGame, rename, reorder, swapNames, type VariedGame } from '../training/play/varied-game.js';

export interface Telling {
  readonly name: string;
  /** @param chosen index of the action that the player wants as the game is told plainly. */
  readonly tell: (game: Game, chosen: number, random: Random) => VariedGame;
}

/**
 * Those that every game has: the name of the action that is wanted exchanged with another's, the list in another order,
 * and new names: known words that mean something else here, and invented ones that no model here was trained on.
 */
export const TELLINGS: readonly Telling[] = [
  {
    name: 'swapped',
    tell: (game, chosen, random) => {
      const other = (chosen + 1 + random.integer(game.actions.length - 1)) % game.actions.length;
      return swapNames(game, chosen, other);
    },
  },
  { name: 'reordered', tell: (game, _, random) => reorder(plainGame(game), random) },
  {
    name: 'renamed',
    tell: (game, _, random) => reorder(rename(game, drawLongNames(game.actions.length, 'test', random)), random),
  },
];

/** Throws `usage` where a game cannot be told otherwise. */
export function requireTellable(game: Game): void {
  const { title, actions } = game;
  const problem = (got: string, expected: string): never => {
    throw new AgentError('usage', `${title} cannot be told otherwise`, { expected, got });
  };
  if (actions.length < 2) problem(`${actions.length} actions`, 'a game with at least two actions');
  if (playOf(game).names === 'hidden') problem('names: hidden', 'a list of actions that is shown');
}

/** Reads `german=nichts,rechts,links,gas,bremse`. Throws `usage` where these are no names for the game's actions. */
export function namedTelling(words: string, { title, actions }: Game): Telling {
  const [name = '', list = ''] = words.split(/=(.*)/s);
  const names = list.split(',').map((one) => one.trim());
  const label = name.trim();
  const isNew = label !== '' && TELLINGS.every((telling) => telling.name !== label);
  if (isNew && names.length === actions.length && areActionNames(names)) {
    return { name: label, tell: (game) => rename(game, names) };
  }
  throw new AgentError('usage', `these are no names for the actions of ${title}`, {
    expected: `a LABEL of its own, = and ${actions.length} names that can be told apart, for ${actions.map((one) => one.name).join(', ')}`,
    got: words,
    where: '--names',
  });
}
