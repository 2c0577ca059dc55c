/** Every answer of the corpus is read as its meaning says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadGame, parseAction } from '../../../src/agent/index.js';

const shapes = z
  .array(
    z.strictObject({
      shape: z.string(),
      source: z.string(),
      game: z.string().default('carracing'),
      answers: z.array(z.tuple([z.string(), z.string()])).nonempty(),
    }),
  )
  .parse(parse(readFileSync(new URL('../fixtures/answers.yaml', import.meta.url), 'utf8')));

const REASONS = ['empty', 'no-match', 'illegal', 'ambiguous'];

describe.each(shapes)('$shape', ({ game: name, answers }) => {
  const game = loadGame(name);
  it.each(answers)('%j → %s', (answer, expected) => {
    expect([...REASONS, ...game.actions.map((action) => action.name)]).toContain(expected);
    const result = parseAction(answer, game.actions, game.sights);
    expect(result.ok ? game.actions[result.action]?.name : result.reason).toBe(expected);
  });
});

describe('the corpus', () => {
  it('holds at least three hundred answers, none twice', () => {
    const all = shapes.flatMap(({ game, answers }) => answers.map(([answer]) => `${game}: ${answer}`));
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all).size).toBe(all.length);
  });
});
