/** The games that `agent_training.experts` has a recipe for, so that a wrong word is told without starting Python. */
import type { Game } from '../../agent/index.js';
import { AgentError } from '../../core/index.js';

const GAMES = ['carracing', 'spaceinvaders'];

/** A game that an expert can be trained for. Rejects with `unknown_game`, or `usage` where there is no recipe. */
export async function openTrainingGame(name: string): Promise<Game> {
  const { loadGame } = await import('../../agent/index.js');
  const game = loadGame(name);
  if (GAMES.includes(game.name)) return game;
  throw new AgentError('usage', `there is no recipe to train an expert of ${game.name}`, {
    expected: `one of ${GAMES.join(', ')}`,
    got: name,
    where: '--game',
    next: 'recipes are in envs/python/agent_training/experts/recipes.py',
  });
}
