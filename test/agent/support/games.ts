/** Games for tests: the shipped ones, and changes of them. */
import { readFileSync } from 'node:fs';
import { type Game, loadGame, parseGame } from '../../../src/agent/index.js';

export const carracing = loadGame('carracing');
export const spaceinvaders = loadGame('spaceinvaders');

/** CarRacing with other rules for answers. */
export function withAnswers(answers: Partial<Game['answers']>): Game {
  return { ...carracing, answers: { ...carracing.answers, ...answers } };
}

export const SIGHTS = `sights:
  - { name: cannon, description: column of your cannon }
  - { name: bomb, description: column of the lowest bomb }
  - { name: height, description: its row }
`;

/**
 * Space Invaders in which other numbers are asked for before the action, and maybe with a piece of its own in the
 * prompt.
 */
export function sightedGame(sights = SIGHTS, piece?: string): Game {
  const source = readFileSync('configs/games/spaceinvaders.yaml', 'utf8');
  const silent = source.replace(/^sights:\n(?: {2}- .*\n)+/m, '');
  const asking = silent.replace('noop: noop\n', `noop: noop\n${sights}`);
  return parseGame(
    piece === undefined ? asking : asking.replace('prompt:\n', `prompt:\n  ${piece}\n`),
    'spaceinvaders.yaml',
  );
}
