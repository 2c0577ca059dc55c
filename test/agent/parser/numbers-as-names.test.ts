/** Choices that are called by numbers: the number said is the name, not the place in the list. */
import { expect, it } from 'vitest';
import { gameForEnv, parseAction } from '../../../src/agent/index.js';
import { questionGame, questionSpec } from '../../../src/eyetest/question-game.js';

const question = (choices: readonly string[]) => ({ wording: 'How many dots?', choices, frames: 1, side: 8 });

it.each([
  ['8', 3],
  ['5', 0],
  ['(6)', 1],
  ['Answer: 7', 2],
  ['{"answer": 8}', 3],
  ['{"answer": "8"}', 3],
  ['**6**', 1],
  ['The answer is 7.', 2],
])('of 5, 6, 7 and 8 the answer %j is choice %d', (raw, action) => {
  expect(parseAction(raw, questionGame(question(['5', '6', '7', '8'])).actions)).toMatchObject({ ok: true, action });
});

it.each(['2', '0', '9', '{"answer": 1}'])('%j is none of them, though it is a place in the list', (raw) => {
  expect(parseAction(raw, questionGame(question(['5', '6', '7', '8'])).actions)).toMatchObject({ ok: false });
});

it('a game whose actions have other names is answered by their places as before', () => {
  const game = gameForEnv(questionSpec(question(['up', 'down'])));
  expect(parseAction('1', game.actions)).toMatchObject({ ok: true, action: 1 });
  expect(parseAction('2', game.actions)).toMatchObject({ ok: false });
});
