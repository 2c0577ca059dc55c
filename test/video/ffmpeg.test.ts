import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lookUp } from '../../src/video/ffmpeg.js';
import { findFfmpeg } from '../../src/video/index.js';
import { temporaryFolder } from '../record/support/records.js';

/** A program that says it is an ffmpeg. */
async function pretend(folder: string, name: string, banner: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${banner}'\n`);
  await chmod(path, 0o755);
  return path;
}

const WITH = 'ffmpeg version 9.1-test Copyright\nconfiguration: --enable-gpl --enable-libx264';
const WITHOUT = 'ffmpeg version 8.0-free Copyright\nconfiguration: --disable-gpl';

it('finds one that works on this machine, once', async () => {
  const ffmpeg = await findFfmpeg();
  expect(ffmpeg).toMatchObject({ version: expect.stringMatching(/\d/), path: expect.stringMatching(/ffmpeg/) });
  expect(await findFfmpeg()).toBe(ffmpeg);
});

it('takes $FFMPEG before PATH before imageio-ffmpeg', async () => {
  const folder = await temporaryFolder();
  const mine = await pretend(folder, 'mine', WITH);
  const bin = join(folder, 'bin');
  await pretend(bin, 'ffmpeg', WITH);
  const PATH = `${bin}:/usr/bin:/bin`;
  expect(await lookUp({ FFMPEG: mine, PATH })).toEqual({ path: mine, version: '9.1-test', source: 'FFMPEG' });
  expect(await lookUp({ PATH })).toMatchObject({ version: '9.1-test', source: 'PATH' });
});

it('asks imageio-ffmpeg where PATH has none that encodes H.264', async () => {
  const folder = await temporaryFolder();
  const bin = join(folder, 'bin');
  await pretend(bin, 'ffmpeg', WITHOUT);
  const bundled = await pretend(folder, 'ffmpeg-bundled', WITH);
  const python = await pretend(folder, 'python', bundled);
  expect(await lookUp({ PATH: `${bin}:/usr/bin:/bin`, AGENT_PYTHON: python })).toEqual({
    path: bundled,
    version: '9.1-test',
    source: 'imageio-ffmpeg',
  });
});

it('does not take another one quietly in the place of $FFMPEG', async () => {
  const folder = await temporaryFolder();
  await pretend(folder, 'ffmpeg', WITH);
  await expect(lookUp({ FFMPEG: '/nowhere/ffmpeg', PATH: folder })).rejects.toMatchObject({
    code: 'setup',
    details: { got: 'FFMPEG=/nowhere/ffmpeg: not found' },
  });
});

it('says what was tried, and which package brings it', async () => {
  const folder = await temporaryFolder();
  await expect(lookUp({ PATH: folder, AGENT_PYTHON: join(folder, 'no-python') })).rejects.toMatchObject({
    code: 'setup',
    details: {
      got: expect.stringMatching(/^ffmpeg on PATH: not found; imageio-ffmpeg: /),
      next: expect.stringMatching(/apt install ffmpeg.*brew install ffmpeg/),
    },
  });
});
