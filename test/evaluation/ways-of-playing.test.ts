/** Ways of playing in evaluations, comparisons and records, on a real emulator. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame, withPlay } from '../../src/agent/index.js';
import { collect } from '../../src/datasets/index.js';
import { makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { demonstrationsFor } from '../../src/evaluation/demonstrations.js';
import { openStage, runEvaluation } from '../../src/evaluation/index.js';
import { createPolicy } from '../../src/players/index.js';
import { openRecord } from '../../src/record/index.js';
import { temporaryFolder } from '../record/support/records.js';

const environment = { env: 'FrozenLake-v1', kwargs: { is_slippery: false }, observation: 'render' } as const;
const asked = { environment, policies: ['right=constant:2'], seeds: '3', maxDecisions: 4, processes: 1 };

describe('runEvaluation', { timeout: 120_000 }, () => {
  it('gives each way of playing a row of its own, which says it', async () => {
    const out = join(await temporaryFolder(), 'evaluation');
    await runEvaluation({ ...asked, out });
    const { results } = await runEvaluation({ ...asked, out, play: { history: 2, think: { tokens: 9 } } });
    const name = 'right (think=9 history=2)';
    expect(results.rows.map(({ policy }) => policy)).toEqual(['right', name]);
    const { entries } = JSON.parse(await readFile(join(out, 'evaluation.json'), 'utf8'));
    expect(entries.map(({ policy, play }: Record<string, unknown>) => [policy, play])).toEqual([
      ['right', undefined],
      [name, { think: { tokens: 9 }, history: 2 }],
    ]);
    const again = await runEvaluation({ resume: out, trustFiles: true, processes: 1 });
    expect(again.results.rows.map(({ policy }) => policy).sort()).toEqual(['right', name]);
  });

  it('reads demonstrations that a started evaluation names only where that is said', async () => {
    const folder = await temporaryFolder();
    const from = join(folder, 'demonstrations');
    const out = join(folder, 'evaluation');
    const game = loadGame('carracing');
    await using emulators = await startEmulators();
    const { env, ...settings } = game.emulator;
    await using vector = await makeVectorEnv(env, { ...settings, count: 1, emulators });
    await using driver = await createPolicy('random', { game });
    const groups = [fromVectorEnv(vector)];
    await collect({ folder: from, game, driver, labeller: driver, seeds: [5], groups, maxDecisions: 30 });

    const asking = withPlay(game, { demonstrations: { count: 5, from } });
    const shown = await demonstrationsFor(asking);
    expect(shown?.decisions).toHaveLength(5);
    // Thirty random decisions hold each of five actions.
    expect(new Set(shown?.decisions.map(({ answer }) => answer)).size).toBe(5);
    expect(shown?.decisions[0]?.frames.map(({ shape }) => shape)).toEqual([
      [96, 96, 3],
      [96, 96, 3],
    ]);
    expect(await demonstrationsFor(asking)).toEqual(shown);
    expect(await demonstrationsFor(game)).toBeUndefined();
    const other = withPlay(loadGame('breakout'), { demonstrations: { count: 1, from } });
    await expect(demonstrationsFor(other)).rejects.toThrow(/cannot be shown in this game/);
    const sights = [{ name: 'road', description: 'its column' }];
    const sighted = { ...asking, sights };
    await expect(demonstrationsFor(sighted)).rejects.toThrow(/actions alone.*sights=off/s);
    expect(await demonstrationsFor(withPlay(sighted, { sights: 'off' }))).toEqual(shown);
    const many = withPlay(game, { demonstrations: { count: 31, from } });
    await expect(demonstrationsFor(many)).rejects.toThrow(/fewer demonstrations/);

    const play = { demonstrations: { count: 1, from } };
    await runEvaluation({
      games: ['carracing'],
      policies: ['noop'],
      play,
      seeds: '3',
      maxDecisions: 1,
      processes: 1,
      out,
    });
    await expect(runEvaluation({ resume: out, processes: 1 })).rejects.toThrow(/may be from somebody else/);
  });
});

describe('openStage', { timeout: 120_000 }, () => {
  it('leaves a record without a word of it where the way of playing is the default', async () => {
    const folder = await temporaryFolder();
    const { signal } = new AbortController();
    await using emulators = await startEmulators({ signal });
    const played = async (name: string, play: Parameters<typeof openStage>[0]['play']) => {
      const out = join(folder, name);
      await using stage = await openStage(
        { ...environment, policy: 'constant:2', seed: 5, maxDecisions: 2, play, out },
        emulators,
        signal,
      );
      await stage.play([]);
      return (await openRecord(out)).manifest.game.config.play;
    };
    expect(await played('plain', { history: 0 })).toBeUndefined();
    expect(await played('other', { retry: 'reason' })).toEqual({ retry: 'reason' });
  });
});
