/** Players whose sights are wrong in a known way, in the real game: what looking through their records finds. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame, playEpisode, writeSighted } from '../../src/agent/index.js';
import { type Emulators, type GymStep, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { teacherOf } from '../../src/expert/index.js';
import { simplePolicy } from '../../src/players/index.js';
import { EpisodeRecorder, openRecord, programVersions } from '../../src/record/index.js';
import { recordedEnv } from '../../src/replay/index.js';
import { examineEpisode } from '../../src/sights/index.js';
import { editFile, recorderOptions, temporaryFolder } from '../record/support/records.js';

const DECISIONS = 130;
const game = loadGame('spaceinvaders');
const teacher = teacherOf(game);

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startEmulators();
});
afterAll(() => emulators.close());

/** Says of the teacher's numbers what `words` makes of them, and acts by what it says. */
async function recordOf(words: (sights: readonly number[]) => readonly number[] | null) {
  const { env: id, ...settings } = game.emulator;
  await using environment = await makeVectorEnv(id, { ...settings, count: 1, emulators });
  await using policy = simplePolicy({
    id: 'talker',
    createPlayer:
      () =>
      ({ frames }) => {
        const said = words(teacher.look(frames).sights);
        const action = game.actions[said ? teacher.actionFor(said) : 1]?.name as string;
        return said ? { kind: 'text', raw: writeSighted(said, action) } : { kind: 'action', action: 1 };
      },
  });
  const recorder = new EpisodeRecorder({
    ...recorderOptions({ runs: await temporaryFolder() }),
    versions: { ...(await programVersions()), ...emulators.versions },
  });
  const end = await playEpisode<GymStep>({
    game,
    policy,
    environments: fromVectorEnv(environment),
    episode: { id: 'one', seed: 3000, observers: [recorder] },
    maxDecisions: DECISIONS,
  });
  expect(end.error).toBeNull();
  return openRecord(recorder.folder as string);
}

const examine = async (record: Awaited<ReturnType<typeof recordOf>>) =>
  examineEpisode(record, recordedEnv({ emulators }));

describe('looking through a record', () => {
  it('finds nothing wrong with a player that says what the teacher says', async () => {
    const found = await examine(await recordOf((sights) => sights));
    expect(found).toMatchObject({
      game: 'spaceinvaders',
      policy: 'talker',
      seed: 3000,
      decisions: DECISIONS,
      silent: 0,
    });
    expect([found.asTaught, found.asSaid]).toEqual([DECISIONS, DECISIONS]);
    for (const { there, near, exact, absent, invented } of found.sights) {
      expect([near, exact, invented]).toEqual([there, there, 0]);
      expect(there + absent).toBe(DECISIONS);
    }
    const [cannon, , bomb] = found.sights;
    expect(cannon?.there).toBeGreaterThan(100);
    expect(bomb?.there).toBeGreaterThan(0);
    expect(bomb?.absent).toBeGreaterThan(0);
  });

  it('tells near from exact and exact from far, and what is overlooked and invented', async () => {
    const near = await examine(
      await recordOf(([cannon = 0, stand = 0]) => [cannon && cannon + 2, stand && stand + 3, 77]),
    );
    const [cannon, stand, bomb] = near.sights as NonNullable<(typeof near.sights)[number]>[];
    expect(cannon).toMatchObject({ near: cannon?.there, exact: 0, invented: 0 });
    expect(stand).toMatchObject({ near: 0, exact: 0, invented: 0 });
    expect(bomb?.invented).toBe(bomb?.absent);
    expect(near.asSaid).toBe(DECISIONS);
    expect(near.asTaught).toBeLessThan(DECISIONS);
    const blind = await examine(await recordOf(() => [0, 0, 0]));
    for (const { near, invented } of blind.sights) expect([near, invented]).toEqual([0, 0]);
  });

  it('takes an answer without numbers for one that has seen nothing', async () => {
    const record = await recordOf((sights) => sights.slice(0, 1));
    expect(await examine(record)).toMatchObject({ silent: DECISIONS, asSaid: 0, sights: [{ near: 0 }, {}, {}] });
  });

  it('refuses players without words, games without a teacher, and records that are not what was played', async () => {
    await expect(examine(await recordOf(() => null))).rejects.toMatchObject({
      code: 'usage',
      details: { got: 'talker' },
    });
    const record = await recordOf((sights) => sights);
    await editFile(record.folder, 'steps.jsonl', (text) => text.replace('"reward":0,', '"reward":5,'));
    await expect(examine(record)).rejects.toMatchObject({ code: 'state_mismatch' });
    const { manifest, folder, seal } = record;
    const other = { folder, seal, manifest: { ...manifest, game: { ...manifest.game, name: 'carracing' } } };
    await expect(examine(other)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(/teacher/) });
  });
});
