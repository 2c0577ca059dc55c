/** What commands tell at their end: what services cost, and with which words an evaluation goes on. */
import { describe, expect, it } from 'vitest';
import type { Console } from '../../src/cli/shared/console.js';
import { tellEnd } from '../../src/cli/shared/eval-tell.js';
import { tellSpent } from '../../src/cli/shared/service-options.js';
import { buildResults, type EvaluationResult, foreignFiles } from '../../src/evaluation/index.js';
import { Budget } from '../../src/players/http/budget.js';

/** Keeps what is noted. */
function quiet(): { readonly output: Console; readonly notes: string[] } {
  const notes: string[] = [];
  const nothing = (): void => {};
  const output = { clearLive: nothing, result: nothing, print: nothing, block: nothing };
  return { output: { ...output, note: (line: string) => notes.push(line) } as unknown as Console, notes };
}

describe('what services cost', () => {
  const told = (budget: Budget): string[] => {
    const { output, notes } = quiet();
    tellSpent({ budget }, output);
    return notes;
  };

  it('is not known where no request was answered', () => {
    const budget = new Budget();
    budget.request();
    budget.request();
    expect(told(budget)).toEqual(['services: 2 requests, none of them answered']);
    budget.answer(0, { promptTokens: 9, answerTokens: 1 });
    expect(told(budget)).toEqual(['services: 2 requests, 9 tokens asked and 1 answered, $0.0000']);
  });
});

describe('how an evaluation goes on', () => {
  const ended = (namesFiles: boolean): string[] => {
    const { output, notes } = quiet();
    const results = buildResults([]);
    tellEnd({ folder: 'runs/a', complete: false, videos: [], results, namesFiles } as EvaluationResult, output);
    return notes;
  };

  it('has --trust-files where it names files, and only there', () => {
    expect(ended(true)).toEqual(['not all episodes were played: agent eval --resume runs/a --trust-files']);
    expect(ended(false)).toEqual(['not all episodes were played: agent eval --resume runs/a']);
    const entries = ['endpoint:./my.yaml', './my.mjs', 'random', 'openai:gpt-4.1-mini'];
    const foreign = foreignFiles(entries.map((spec) => ({ game_given: 'carracing', spec })));
    expect(foreign).toEqual(['endpoint:./my.yaml', './my.mjs']);
  });
});
