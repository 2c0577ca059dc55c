/** Whether a game's list of actions is that of the environment it is played in. */
import { AgentError, type EnvSpec } from '../../core/index.js';
import type { Game } from './game.js';

/** Throws `config` where the game names fewer or more actions than there are, or none of a discrete space. */
export function requireSameActions(game: Game, { actionSpace, actionNames, id }: EnvSpec): void {
  if (actionSpace.kind === 'discrete' && actionSpace.count === game.actions.length) return;
  if (actionSpace.kind === 'box' && game.actions.length === 0) return;
  const names = game.actions.map(({ name }) => name).join(', ');
  if (actionSpace.kind === 'box') {
    throw new AgentError('config', `the game ${game.name} names actions, and the environment takes vectors`, {
      expected: `a vector for each action, of shape [${actionSpace.shape.join(', ')}]`,
      got: `names alone: ${names}`,
      where: id,
      next: "give each action of the game's YAML its vector; see docs/games.md",
    });
  }
  const own = actionNames?.map((name, number) => `${number} ${name}`).join(', ');
  throw new AgentError('config', `the game ${game.name} does not name the environment's actions`, {
    expected: `${actionSpace.count} actions, by index${own === undefined ? '' : `: ${own}`}`,
    got: `${game.actions.length}: ${names}`,
    where: id,
    next: "list every action in the game's YAML, or give each that is listed the emulator's `number`; see docs/games.md",
  });
}
