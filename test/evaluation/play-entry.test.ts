/** A row of an evaluation whose emulators are gone for good before it begins. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadGame } from '../../src/agent/index.js';
import { makeEnv, startEmulators } from '../../src/env-bridge/index.js';
import { isPassing, playEntry } from '../../src/evaluation/index.js';
import { createPolicy } from '../../src/players/index.js';
import { openRecord } from '../../src/record/index.js';

it('leaves a record of each episode that says why, to be played when it is taken up again', async () => {
  const root = await mkdtemp(join(tmpdir(), 'play-entry-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const game = loadGame('carracing');
  const { env, ...settings } = game.emulator;
  await using emulators = await startEmulators({ maxRestarts: 0 });
  const made = await makeEnv(env, { ...settings, emulators });
  const { spec } = made;
  process.kill(emulators.pids[0] as number, 'SIGKILL');
  await expect(made.reset({ seed: 1 })).rejects.toMatchObject({ code: 'emulator_died' });

  const seeds = [100_000, 100_001, 100_002];
  await using policy = await createPolicy('random', { game });
  const options = {
    ...{ game, policy, emulators, seeds, parallel: 2, maxDecisions: 4, plain: false },
    ...{ given: [], versions: {}, git: null, folderOf: (seed: number) => join(root, String(seed)) },
    signal: new AbortController().signal,
  };
  const ends = await playEntry({ ...options, spec });
  expect(ends.map(({ seed, status }) => [seed, status])).toEqual(seeds.map((seed) => [seed, 'failed']));
  for (const seed of seeds) {
    const { manifest } = await openRecord(join(root, String(seed)));
    expect(manifest).toMatchObject({ status: 'failed', seed, result: null, error: { code: 'emulator_died' } });
    expect(manifest.env).toEqual(spec);
    expect(manifest.error && isPassing(manifest.error)).toBe(true);
  }
  // Where it is not known what the environment would have been, there is nothing to record.
  await expect(playEntry(options)).rejects.toMatchObject({ code: 'emulator_died' });
});
