/** A game that is followed: its own pictures while it is played, those of the emulator where somebody wants them. */
import { readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { hashArray } from '../../src/core/index.js';
import { liveFrameBytes } from '../../src/record/live-frame.js';
import { OpenEpisode } from '../../src/view/open-episode.js';
import { recordRun } from '../record/support/records.js';
import { fakeFactory } from '../replay/support/fake-game.js';

const LENGTH = 12;
/** The decision after which the game waits. */
const STANDS_AT = 5;

/** A game that stands after some decisions, and a page's view of it. */
async function followed() {
  const latch = (): { promise: Promise<void>; open: () => void } => {
    let open = (): void => {};
    const promise = new Promise<void>((done) => {
      open = done;
    });
    return { promise, open };
  };
  const [stands, goesOn] = [latch(), latch()];
  let folder = '';
  const hashes: string[] = [];
  const playing = recordRun(
    { length: LENGTH },
    [
      {
        onStep: async ({ step, observationHash }) => {
          hashes[step] = observationHash;
          if (step !== STANDS_AT) return;
          stands.open();
          await goesOn.promise;
        },
      },
    ],
    (made) => {
      folder = made;
    },
  );
  await stands.promise;
  const factory = fakeFactory({ length: LENGTH });
  const episode = await OpenEpisode.open(folder, factory);
  return {
    ...{ folder, factory, episode, hashes },
    goOn: async () => {
      goesOn.open();
      await playing;
    },
    [Symbol.asyncDispose]: async () => {
      goesOn.open();
      await playing;
      await episode[Symbol.asyncDispose]();
    },
  };
}

const eventually = (condition: () => boolean) => expect.poll(condition, { timeout: 20_000 }).toBe(true);
/** Long enough for what must not happen. */
const aWhile = (): Promise<void> => sleep(400);

describe('a game that is followed', { timeout: 60_000 }, () => {
  it('shows its own newest picture, and is not played a second time for it', async () => {
    await using game = await followed();
    const { episode, factory } = game;
    await aWhile();
    expect(episode.progress).toMatchObject({ isLive: true, live: null });
    episode.look();
    await eventually(() => episode.progress.live === STANDS_AT);
    const { data, info } = await sharp((await episode.live()) as Buffer)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const shape = [info.height, info.width, info.channels];
    expect(hashArray({ dtype: 'uint8', shape, data: new Uint8Array(data) })).toBe(game.hashes[STANDS_AT]);
    await aWhile();
    expect(factory.made).toHaveLength(0);
    expect(episode.progress).toMatchObject({ pictures: 0, liveTrouble: null });
  });

  it('is played again up to the decision that somebody wants to see, and wholly when it is over', async () => {
    await using game = await followed();
    const { episode, factory } = game;
    const leave = episode.look();
    await episode.pictures(1, 2);
    await eventually(() => episode.progress.pictures === 3);
    await aWhile();
    expect(episode.progress).toMatchObject({ pictures: 3, isReplayed: false });
    leave();
    await game.goOn();
    await eventually(() => episode.progress.isRead);
    await aWhile();
    // Nobody looks: the next game is not to be slowed for this one.
    expect(episode.progress).toMatchObject({ isLive: false, pictures: 3 });
    episode.look();
    await eventually(() => episode.progress.isReplayed);
    expect(episode.progress).toMatchObject({ pictures: LENGTH + 1, mismatch: null, trouble: null });
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  });

  it.each([
    ['is gone', (path: string) => rm(path), /^it leaves no picture$/],
    ['is words', (path: string) => writeFile(path, 'x'.repeat(99)), /holds none: something else$/],
    [
      'leads elsewhere',
      async (path: string) => {
        await rm(path);
        await symlink('/etc/passwd', path);
      },
      /a symbolic link$/,
    ],
    [
      'is of another game',
      (path: string) => writeFile(path, pictureOf(STANDS_AT)),
      /^the picture of decision 5 is [0-9a-f]{32}, and [0-9a-f]{32} in its record$/,
    ],
    ['is of the future', (path: string) => writeFile(path, pictureOf(1000)), /of decision 1000, which is not in its/],
  ])('is played again where its picture %s, and says why', async (_, spoil, why) => {
    await using game = await followed();
    const { episode, folder } = game;
    // After the last picture that waited to be written.
    await aWhile();
    const name = (await readdir(folder)).find((one) => one.startsWith('live.')) as string;
    await spoil(join(folder, name));
    episode.look();
    await eventually(() => episode.progress.liveTrouble !== null);
    expect(episode.progress.liveTrouble).toMatch(why);
    expect(episode.progress.live).toBeNull();
    expect(await episode.live()).toBeNull();
    await episode.pictures(0, 4);
    await eventually(() => episode.progress.pictures === 4);
    expect(episode.progress.trouble).toBeNull();
  });
});

function pictureOf(step: number): Buffer {
  const data = new Uint8Array(40 * 30 * 3);
  return liveFrameBytes({ step, frame: { dtype: 'uint8', shape: [30, 40, 3], data } }) as Buffer;
}
