/** Records of the real games: played by the agent loop, verified in another process, tampered with, shown. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame, playEpisode } from '../../src/agent/index.js';
import { type Emulators, type GymStep, makeVectorEnv, startEmulators } from '../../src/env-bridge/index.js';
import { createPolicy } from '../../src/players/index.js';
import { EpisodeRecorder, openRecord, programVersions, readSteps } from '../../src/record/index.js';
import { type EnvFactory, recordedEnv, verifyEpisode } from '../../src/replay/index.js';
import { pictureStrip, renderVideo, VideoRecorder } from '../../src/video/index.js';
import { videoFacts, videoFrame } from '../video/support/video-facts.js';
import { editFile, recorderOptions, temporaryFolder } from './support/records.js';

const DECISIONS = 16;

/** One process plays and another verifies, so that nothing of the playing can be left over in the verifying. */
let playing: Emulators;
let verifying: Emulators;
let verifier: EnvFactory;

beforeAll(async () => {
  [playing, verifying] = await Promise.all([startEmulators(), startEmulators()]);
  verifier = recordedEnv({ emulators: verifying });
});

afterAll(async () => {
  await Promise.all([playing.close(), verifying.close()]);
});

/** Plays the first decisions of a game at random; resolves to the run's folder. */
async function recordGame(name: string, seed: number, video?: string): Promise<string> {
  const game = await loadGame(name);
  const { env: id, ...settings } = game.emulator;
  const frames = video !== undefined;
  await using environment = await makeVectorEnv(id, { ...settings, count: 1, render: frames, emulators: playing });
  await using policy = await createPolicy('random', { game });
  const recorder = new EpisodeRecorder({
    ...recorderOptions({ runs: await temporaryFolder() }),
    versions: { ...(await programVersions()), ...playing.versions },
    recoveries: () => playing.recoveries,
  });
  const observers = frames ? [recorder, new VideoRecorder(() => video)] : [recorder];
  const end = await playEpisode<GymStep>({
    game,
    policy,
    environments: fromVectorEnv(environment, { frames }),
    episode: { id: 'one', seed, observers },
    maxDecisions: DECISIONS,
  });
  expect(end).toMatchObject({ status: 'stopped', steps: DECISIONS, error: null });
  return recorder.folder as string;
}

describe.each([
  { name: 'carracing', size: /^600x6\d\d$/, fps: 50 },
  { name: 'spaceinvaders', size: /^640x1[12]\d\d$/, fps: 60 },
])('a record of $name', { timeout: 120_000 }, ({ name, size, fps }) => {
  it('is the same for the same seed, verifies in another process, and fails when a byte is changed', async () => {
    const folders = [await recordGame(name, 100_007), await recordGame(name, 100_007)];
    const records = await Promise.all(folders.map((folder) => openRecord(folder)));
    const [first, again] = records.map(({ manifest }) => manifest.result);
    expect(again?.chain).toBe(first?.chain);
    const [record] = records as [(typeof records)[0]];
    expect(await verifyEpisode(record, verifier)).toMatchObject({
      isVerified: true,
      decisions: DECISIONS,
      chain: first?.chain,
      score: first?.score,
      versions: [],
    });

    await editFile(record.folder, 'steps.jsonl', (text) =>
      text.replace(/("step":11,.*?"observation":")(.)/, (_all, before, digit) => before + (digit === '0' ? '1' : '0')),
    );
    const { isVerified, difference } = await verifyEpisode(record, verifier);
    expect(isVerified).toBe(false);
    expect(difference).toMatchObject({ step: 11, field: 'observation', isRecordAltered: true });
    const video = join(await temporaryFolder(), 'out.mp4');
    await expect(renderVideo(record, video, verifier)).rejects.toMatchObject({ code: 'state_mismatch' });
  });

  it('becomes a video at full size and speed, while playing and afterwards, picture by picture the same', async () => {
    const folder = await temporaryFolder();
    const [live, later, strip] = ['live.mp4', 'later.mp4', 'strip.png'].map((file) => join(folder, file)) as [
      string,
      string,
      string,
    ];
    const record = await openRecord(await recordGame(name, 7, live));
    await renderVideo(record, later, verifier);
    const facts = await videoFacts(later);
    expect(facts).toMatchObject({ codec: 'h264', pixelFormat: 'yuv420p', fps, frames: 1 + 4 * DECISIONS });
    expect(facts.size).toMatch(size);
    expect(await videoFacts(live)).toEqual(facts);
    expect(await videoFrame(live, 60)).toEqual(await videoFrame(later, 60));
    await pictureStrip(record, strip, verifier, { count: 3 });
  });
});

it('the record of an episode without pictures has the hashes of the one with', async () => {
  const chains = [];
  for (const video of [undefined, join(await temporaryFolder(), 'live.mp4')]) {
    const record = await openRecord(await recordGame('carracing', 3, video));
    chains.push(record.manifest.result?.chain);
    let lines = 0;
    for await (const _line of readSteps(record)) lines++;
    expect(lines).toBe(1 + DECISIONS);
  }
  expect(chains[1]).toBe(chains[0]);
});
