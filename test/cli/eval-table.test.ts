/** The table that `agent eval` prints: what it says beside its numbers, and what it does not. */
import { describe, expect, it } from 'vitest';
import { resultsText } from '../../src/cli/shared/eval-table.js';
import { buildResults, type EpisodeGroup, type EpisodeOutcome } from '../../src/evaluation/index.js';

function group(policy: string, scores: readonly number[], changes: Partial<EpisodeOutcome> = {}): EpisodeGroup {
  const outcomes = scores.map(
    (score, i): EpisodeOutcome => ({
      ...{ game: 'carracing', policy, seed: i + 1, score, status: 'finished', decisions: 250, recoveries: 0 },
      ...{ counters: { decisions: 250 }, chain: `${policy}${i}`, error: null, checkpoint: null, commit: null },
      ...{ versions: {}, ...changes },
    }),
  );
  return { game: 'carracing', policy, seeds: scores.map((_, i) => i + 1), outcomes, published: [], goal: 900 };
}

const many = Array.from({ length: 20 }, (_, i) => 850 + 5 * i);

describe('the table of an evaluation', () => {
  it('does not say that requests without any answer cost nothing', () => {
    const tokens = { promptTokens: 0, cachedTokens: 0, answerTokens: 0, reasoningTokens: 0 };
    const failed = { requests: 3, ...tokens, cost: 0, serviceMs: 0 };
    const text = (spent: typeof failed) => resultsText(buildResults([group('openai:x', [1, 2], { spent })]));
    expect(text(failed)).not.toContain('$0.0000');
    expect(text({ ...failed, promptTokens: 100, answerTokens: 4, serviceMs: 500 })).toContain('$0.0000');
    expect(text({ ...failed, requests: 0 })).toContain('$0.0000');
  });

  it('says that few episodes give a rough interval, and stops saying so at twenty', () => {
    expect(resultsText(buildResults([group('expert', many.slice(0, 6))]))).toContain(
      'of 6 episodes an interval is a rough',
    );
    expect(resultsText(buildResults([group('expert', many)]))).not.toContain('rough');
  });

  it('has no interval from 0.0 to 0.0 of two equal pairs', () => {
    const text = resultsText(buildResults([group('old', [5, 6]), group('new', [5, 6])]));
    expect(text).not.toContain('0.0 .. 0.0');
    expect(text).toContain('all the same');
  });

  it('says why episodes failed, each reason once with its seeds', () => {
    const failed = group('mini', [0, 0], { status: 'failed', error: 'the policy has no picture (got 4 numbers)' });
    const text = resultsText(buildResults([failed]));
    expect(text).toContain('carracing mini: 2 failed: the policy has no picture (got 4 numbers) (seeds 1, 2)');
  });

  it('says that failed episodes are in no number, and what the rate is with them as misses', () => {
    const ended = group('mini', [950, 950, 1, 1, 1, 1]);
    const failed = group('mini', [0, 0, 0, 0, 0, 0, 0, 0], { status: 'failed', error: 'gone' }).outcomes.slice(6);
    const both = { ...ended, seeds: [1, 2, 3, 4, 5, 6, 7, 8], outcomes: [...ended.outcomes, ...failed] };
    const text = resultsText(buildResults([both]));
    expect(text).toContain('its numbers are of the 6 that did not fail; taken for misses, 2/8 reached the goal');
  });

  it('says that episodes are one and the same', () => {
    const text = resultsText(buildResults([group('noop', many.slice(0, 10), { chain: 'same' })]));
    expect(text).toContain('its 10 episodes are only 1 different one (equal hash chains)');
    expect(resultsText(buildResults([group('noop', many)]))).not.toContain('equal hash chains');
  });

  it('shows how many reached the goal, and the paired share beside the unpaired probability', () => {
    const text = resultsText(
      buildResults([
        group('old', many),
        group(
          'new',
          many.map((score) => score + 1),
        ),
      ]),
    );
    expect(text).toContain('reached goal, 95 %');
    expect(text).toMatch(/10\/20, 0\.50 \[0\.30 \.\. 0\.70\]/);
    expect(text).toContain('P(improvement), unpaired');
    expect(text).toMatch(/20\/0\/0 +1\.00 \[0\.84 \.\. 1\.00\] +0\.5\d/);
  });
});
