/** Ways to tell the same game: what the actions are called changes, and what they do stays. */
import type { Game } from '../agent/index.js';
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
 * and names that mean something else or nothing, which no model here was trained on.
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

/** Reads `german=nichts,rechts,links,gas,bremse`. Throws `usage` where these are no names for the game's actions. */
export function namedTelling(words: string, { title, actions }: Game): Telling {
  const [name = '', list = ''] = words.split(/=(.*)/s);
  const names = list.split(',').map((one) => one.trim());
  const isFit = name.trim() !== '' && names.every((one) => one !== '') && new Set(names).size === actions.length;
  if (isFit && names.length === actions.length) return { name: name.trim(), tell: (game) => rename(game, names) };
  throw new AgentError('usage', `these are no names for the actions of ${title}`, {
    expected: `LABEL= and ${actions.length} different names, for ${actions.map((one) => one.name).join(', ')}`,
    got: words,
    where: '--names',
  });
}
