/** How long an evaluation still takes is estimated from the first decision on. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Console } from '../../src/cli/shared/console.js';
import { EvaluationProgress } from '../../src/cli/shared/eval-progress.js';

/** The line after ten decisions of a first episode in one second; two episodes are planned. */
function lineOf(known: { readonly elsewhere?: readonly number[]; readonly usual?: number }): string {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const facts = { game: 'a-game', policy: 'random', planned: 2, done: [], elsewhere: [], usual: undefined, ...known };
  const progress = new EvaluationProgress(facts, new Console({ json: false, quiet: true }));
  const episode = progress.watch(1);
  episode.onReset?.({} as never, {} as never);
  for (let step = 1; step <= 10; step++) {
    vi.advanceTimersByTime(100);
    episode.onStep?.({ step } as never, {} as never);
  }
  return progress.line();
}

describe('the time left', () => {
  it.each([
    ["the game's usual length", { usual: 100 }, 'about 19 s left'],
    ['what others played of it, before that', { usual: 100, elsewhere: [50, 70] }, 'about 11 s left'],
    ['nothing but the episode so far', {}, 'more than 1 s left'],
  ])('by %s', (_, known, expected) => {
    expect(lineOf(known)).toBe(`a-game random: 0/2 episodes  no score yet  10 decisions/s  ${expected}`);
  });
});
