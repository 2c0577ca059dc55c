/** Games for tests: the shipped ones, and changes of them. */
import { type Game, loadGame } from '../../../src/agent/index.js';

export const carracing = loadGame('carracing');
export const spaceinvaders = loadGame('spaceinvaders');

/** CarRacing with other rules for answers. */
export function withAnswers(answers: Partial<Game['answers']>): Game {
  return { ...carracing, answers: { ...carracing.answers, ...answers } };
}
