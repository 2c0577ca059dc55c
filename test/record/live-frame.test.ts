/** The newest picture of an episode, beside its record while it is played. */
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { hashArray } from '../../src/core/index.js';
import { readLiveFrame } from '../../src/record/index.js';
import { liveFrameBytes, liveFrameName } from '../../src/record/live-frame.js';
import { LiveFrameWriter } from '../../src/record/live-frame-writer.js';
import { recordRun, temporaryFolder } from './support/records.js';

const picture = (value: number, side = 4) => {
  const data = new Uint8Array(side * side * 3).fill(value);
  return { dtype: 'uint8' as const, shape: [side, side, 3], data };
};

/** More than the time between two pictures. */
const SOON = 200;

describe('the newest picture', () => {
  it('is that of the step, and is gone when the episode is over', async () => {
    const seen: unknown[] = [];
    let folder = '';
    await recordRun(
      { length: 6 },
      [
        {
          onStart: () => {},
          onStep: async ({ step, observationHash }) => {
            if (step !== 3) return;
            await sleep(SOON);
            const live = await readLiveFrame(folder, null);
            if (typeof live !== 'string') seen.push(live.step, hashArray(live.frame) === observationHash);
            seen.push(await readLiveFrame(folder, 3));
          },
        },
      ],
      (at) => {
        folder = at;
      },
    );
    expect(seen).toEqual([3, true, 'known']);
    expect((await readdir(folder)).sort()).toEqual(['manifest.json', 'steps.jsonl']);
  });

  it('is left ten times a second at most, and the last one before a pause is', async () => {
    const folder = await temporaryFolder();
    const writer = new LiveFrameWriter(folder);
    for (const step of [0, 1, 2]) writer.show(step, picture(step));
    expect(await readLiveFrame(folder, null)).toEqual({ step: 0, frame: picture(0) });
    await sleep(SOON);
    expect(await readLiveFrame(folder, null)).toEqual({ step: 2, frame: picture(2) });
    writer.show(3, { dtype: 'float32', shape: [2], data: new Float32Array(2) });
    writer.show(4, picture(4));
    writer.close();
    writer.show(5, picture(5));
    await sleep(SOON);
    expect(await readdir(folder)).toEqual([]);
  });

  it('stops no game: where the folder is gone nothing is left', async () => {
    const folder = await temporaryFolder();
    const writer = new LiveFrameWriter(folder);
    await rm(folder, { recursive: true });
    writer.show(0, picture(0));
    writer.close();
    expect(await readLiveFrame(folder, null)).toBe('none');
  });

  it.each([
    ['a link', (path: string) => symlink('/etc/passwd', path), 'a symbolic link'],
    ['a folder', (path: string) => mkdir(path), 'something else'],
    ['words', (path: string) => writeFile(path, 'a picture, honestly, of 20 bytes'), 'something else'],
    ['an empty file', (path: string) => writeFile(path, ''), 'something else'],
    ['half of its pixels', (path: string) => writeFile(path, liveBytes().subarray(0, 40)), '20'],
    [
      'a picture that would fill the memory',
      (path: string) => {
        const bytes = liveBytes();
        bytes.writeUInt32LE(2 ** 31, 8);
        return writeFile(path, bytes);
      },
      `${2 ** 31} by 4 pixels of 3 values`,
    ],
  ])('%s is refused', async (_, make, got) => {
    const folder = await temporaryFolder();
    await make(join(folder, liveFrameName()));
    await expect(readLiveFrame(folder, null)).rejects.toMatchObject({ code: 'record', details: { got } });
  });
});

const liveBytes = (): Buffer => liveFrameBytes({ step: 1, frame: picture(1) }) as Buffer;
