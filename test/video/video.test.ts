import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Frame, NdArray } from '../../src/core/index.js';
import { EpisodeRecorder, openRecord } from '../../src/record/index.js';
import { type Ffmpeg, findFfmpeg, pictureStrip, renderVideo, VideoRecorder } from '../../src/video/index.js';
import { recorderOptions, recordRun, temporaryFolder } from '../record/support/records.js';
import { FakeEnv, type FakeOptions, fakeFactory, play } from '../replay/support/fake-game.js';
import { videoFacts, videoFrame } from './support/video-facts.js';

const PICTURES = 1 + 2 * 20;

async function setting(options: FakeOptions = {}) {
  const record = await openRecord(await recordRun(options));
  const folder = await temporaryFolder();
  return { record, folder, path: join(folder, 'out.mp4'), factory: fakeFactory(options) };
}

/** A program in the place of ffmpeg. */
async function pretend(folder: string, script: string): Promise<Ffmpeg> {
  const path = join(folder, 'ffmpeg.sh');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return { path, version: '0', source: 'FFMPEG' };
}

describe('the video of a record', () => {
  it('is H.264 that browsers play, with every emulator frame, at the size and speed of the game', async () => {
    const { record, folder, path, factory } = await setting();
    await renderVideo(record, path, factory);
    expect(await videoFacts(path)).toEqual({
      codec: 'h264',
      pixelFormat: 'yuv420p',
      size: expect.stringMatching(/^320x2\d\d$/),
      fps: 25,
      frames: PICTURES,
      title: 'fake, seed 7, constant:left',
    });
    expect(await readdir(folder)).toEqual(['out.mp4']);
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
    // The index before the pictures: a browser starts before it has the whole file.
    const bytes = await readFile(path);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('has even sides and the speed and scale that were asked for', async () => {
    const { record, path, factory } = await setting({ width: 33, height: 21 });
    await renderVideo(record, path, factory, { scale: 3, fps: 12.5, overlay: false });
    expect(await videoFacts(path)).toMatchObject({ size: '100x64', fps: 12.5, frames: PICTURES });
  });

  it('shows the game without blur: magnified pixels are squares of one colour', async () => {
    const { record, path, factory } = await setting();
    await renderVideo(record, path, factory, { scale: 8, overlay: false, crf: 0 });
    const env = new FakeEnv();
    const first = (await env.reset({ seed: 7 })).observation.data as Uint8Array;
    const decoded = await videoFrame(path, 0);
    // The middle of each square, away from where 4:2:0 mixes the colours of neighbours.
    for (const [x, y] of [
      [0, 0],
      [20, 15],
      [39, 29],
    ] as const) {
      const middle = ((y * 8 + 4) * 320 + x * 8 + 4) * 3;
      const expected = [...first.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)];
      const got = [...decoded.subarray(middle, middle + 3)];
      for (let channel = 0; channel < 3; channel++) {
        expect(Math.abs((got[channel] as number) - (expected[channel] as number))).toBeLessThan(8);
      }
    }
  });

  it('has the text below or above the picture, and none when told so', async () => {
    const { record, folder, factory } = await setting({ width: 320, height: 100 });
    const frames = [];
    for (const overlay of [false, 'above', 'below'] as const) {
      const path = join(folder, `${overlay}.mp4`);
      await renderVideo(record, path, factory, { overlay, scale: 1, crf: 0 });
      frames.push(await videoFrame(path, 9));
    }
    const [plain, above, below] = frames as [Uint8Array, Uint8Array, Uint8Array];
    expect(plain.length).toBe(320 * 100 * 3);
    expect(below.length).toBeGreaterThan(1.5 * plain.length);
    // The game's picture is the same, but for what converting colours rounds and the two rows that mix with the text.
    const rows = (data: Uint8Array, first: number) => data.subarray(first * 960, (first + 98) * 960);
    const apart = (a: Uint8Array, b: Uint8Array) => a.reduce((most, v, at) => Math.max(most, Math.abs(v - b[at]!)), 0);
    expect(apart(rows(below, 0), rows(plain, 0))).toBeLessThan(8);
    expect(apart(rows(above, above.length / 960 - 98), rows(plain, 2))).toBeLessThan(8);
  });

  it('shows what the policy was given beside the picture', async () => {
    const { record, folder, factory } = await setting();
    const [with_, without] = [join(folder, 'with.mp4'), join(folder, 'without.mp4')];
    const asked: string[] = [];
    const view = async ({ policy }: { readonly policy: { readonly id: string } }) => {
      asked.push(policy.id);
      return (observation: NdArray) => [observation as Frame];
    };
    await renderVideo(record, with_, factory, { view });
    await renderVideo(record, without, factory);
    const widths = await Promise.all(
      [with_, without].map(async (path) => Number((await videoFacts(path)).size.split('x')[0])),
    );
    expect(widths[0]).toBeGreaterThan((widths[1] as number) + 2 * 40);
    expect(asked).toEqual(['constant:left']);
  });

  it.each([
    ['marks of ffmpeg and of shells', `it's "a" [0:v];drawtext=text=%{pts} -y $(id)`],
    ['characters that no argument may have', 'a\u0000b\nc\u001b[31m'],
    ['no end', 'x'.repeat(300_000)],
  ])('is made of a record in whose names there are %s', async (_what, id) => {
    const folder = await recordRun({ policy: id });
    const path = join(await temporaryFolder(), 'out.mp4');
    await renderVideo(await openRecord(folder), path, fakeFactory());
    const { title, frames } = await videoFacts(path);
    expect(frames).toBe(PICTURES);
    expect(title).toContain(id.replace(/\p{Cc}+/gu, ' ').slice(0, 100));
  });

  it('is not made of another episode than the recorded one', async () => {
    const { record, folder, path } = await setting();
    await writeFile(path, 'the video from before');
    const factory = fakeFactory({ driftAt: 12, versions: { gymnasium: '1.5.0' } });
    await expect(renderVideo(record, path, factory)).rejects.toMatchObject({
      code: 'state_mismatch',
      details: {
        where: expect.stringContaining('step 12'),
        next: expect.stringContaining('gymnasium 1.4.0, now 1.5.0'),
      },
    });
    expect(await readdir(folder)).toEqual(['out.mp4']);
    expect(await readFile(path, 'utf8')).toBe('the video from before');
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  });

  it('replaces an older file only when it is whole', async () => {
    const { record, path, factory } = await setting();
    await writeFile(path, 'the video from before');
    const during: string[] = [];
    const onStep = async () => during.push(await readFile(path, 'latin1'));
    await renderVideo(record, path, factory, { onStep });
    expect(new Set(during)).toEqual(new Set(['the video from before']));
    expect((await videoFacts(path)).frames).toBe(PICTURES);
  });

  it('leaves no file when it is cancelled', async () => {
    const { record, folder, path, factory } = await setting();
    const controller = new AbortController();
    const onStep = (step: number) => step === 5 && controller.abort();
    const render = renderVideo(record, path, factory, { onStep, signal: controller.signal });
    await expect(render).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  });

  it.each([{ fps: 0 }, { fps: Number.NaN }, { crf: 52 }, { scale: 1.5 }, { scale: 0 }])(
    'is refused with %o before anything is played',
    async (options) => {
      const { record, path, factory } = await setting();
      await expect(renderVideo(record, path, factory, options)).rejects.toMatchObject({ code: 'usage' });
      expect(factory.made).toEqual([]);
    },
  );
});

describe('an ffmpeg that fails', () => {
  it.each([
    ['at once', 'echo "x264 is out of luck" >&2; exit 7', /exit code 7: .*out of luck/],
    ['in the middle', 'head -c 100000 >/dev/null; echo "no space left" >&2; exit 1', /exit code 1: .*no space left/],
    ['at the end', 'cat >/dev/null; echo "cannot write the index" >&2; exit 1', /exit code 1: .*cannot write/],
    ['by a signal', 'kill -SEGV $$', /killed by SIGSEGV/],
  ])('%s fails the video with the end of what it said', async (_when, script, got) => {
    const { record, folder, path, factory } = await setting();
    const ffmpeg = await pretend(folder, script);
    await expect(renderVideo(record, path, factory, { ffmpeg })).rejects.toMatchObject({
      code: 'video',
      details: { got: expect.stringMatching(got), where: path },
    });
    expect(await readdir(folder)).toEqual(['ffmpeg.sh']);
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  });

  it('for want of the folder says so', async () => {
    const { record, folder, factory } = await setting();
    const path = join(folder, 'nowhere', 'out.mp4');
    await expect(renderVideo(record, path, factory)).rejects.toMatchObject({ code: 'video', details: { where: path } });
  });

  it('that is gone says so', async () => {
    const { record, path, factory } = await setting();
    const ffmpeg = { path: '/nowhere/ffmpeg', version: '0', source: 'PATH' } as const;
    await expect(renderVideo(record, path, factory, { ffmpeg })).rejects.toMatchObject({ code: 'video' });
  });

  it('by taking no pictures can be cancelled', async () => {
    const { record, folder, path, factory } = await setting({ width: 200, height: 200 });
    const ffmpeg = await pretend(folder, 'exec sleep 60');
    const signal = AbortSignal.timeout(300);
    await expect(renderVideo(record, path, factory, { ffmpeg, signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(folder)).toEqual(['ffmpeg.sh']);
  });
});

describe('a process that ends while it encodes', () => {
  it.each(['SIGUSR2', 'SIGKILL'] as const)('leaves no ffmpeg and no video (%s)', async (signal) => {
    const folder = await temporaryFolder();
    const elsewhere = await temporaryFolder();
    const { path } = await findFfmpeg();
    const ffmpeg = await pretend(elsewhere, `echo $$ > ${elsewhere}/pid; exec ${path} "$@"`);
    const script = fileURLToPath(new URL('./support/encoding-child.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, join(folder, 'out.mp4'), ffmpeg.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill(signal);
    await closed;
    const pid = Number(await readFile(join(elsewhere, 'pid'), 'utf8'));
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual([]);
    // Only a process that is killed has no time to tidy up.
    if (signal !== 'SIGKILL') expect(await readdir(folder)).toEqual([]);
  });
});

describe('a video made while playing', () => {
  it('is the same, picture by picture, as the one made from the record', async () => {
    const recorder = new EpisodeRecorder(recorderOptions({ runs: await temporaryFolder() }));
    const folder = await temporaryFolder();
    const live = join(folder, 'live.mp4');
    await play([recorder, new VideoRecorder(() => live, { crf: 0 })], { frames: true });
    const later = join(folder, 'later.mp4');
    await renderVideo(await openRecord(recorder.folder as string), later, fakeFactory(), { crf: 0 });
    expect(await videoFacts(live)).toEqual(await videoFacts(later));
    for (const index of [0, 17, PICTURES - 1]) {
      expect(await videoFrame(live, index)).toEqual(await videoFrame(later, index));
    }
  });

  it('shows what was played of an episode that failed', async () => {
    const path = join(await temporaryFolder(), 'live.mp4');
    const broken = { onStep: ({ step }: { step: number }) => Promise.reject(new Error(`step ${step}`)) };
    const end = await play([new VideoRecorder(() => path), broken], { frames: true });
    expect(end.status).toBe('failed');
    expect((await videoFacts(path)).frames).toBe(3);
  });

  it('fails the episode where the emulator gives no pictures, and leaves no file', async () => {
    const folder = await temporaryFolder();
    const end = await play([new VideoRecorder(() => join(folder, 'live.mp4'))], { frames: false });
    expect(end).toMatchObject({ status: 'failed', error: { code: 'video', details: { got: 'nothing' } } });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a strip of pictures', () => {
  it('shows evenly spaced moments side by side', async () => {
    const { record, folder, factory } = await setting();
    const path = join(folder, 'strip.png');
    await pictureStrip(record, path, factory, { count: 4, gap: 2, overlay: false });
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 4 * 40 + 3 * 2, height: 30, channels: 3 });
    // The moments of 20 decisions in the middle of each quarter.
    const env = new FakeEnv();
    let moment = await env.reset({ seed: 7 });
    for (let step = 1; step <= 3; step++) moment = await env.step(step % 3);
    const firstRow = (moment.observation.data as Uint8Array).subarray(0, 40 * 3);
    expect([...data.subarray(0, 40 * 3)]).toEqual([...firstRow]);
    expect(factory.made.map(({ closed }) => closed)).toEqual([1]);
  });

  it('has text below each picture unless it is told not to, and shows the steps that are named', async () => {
    const { record, folder, factory } = await setting();
    const [bare, told] = [join(folder, 'bare.png'), join(folder, 'told.png')];
    await pictureStrip(record, bare, factory, { steps: [0, 20], scale: 2, gap: 0, overlay: false });
    await pictureStrip(record, told, factory, { steps: [0, 20], scale: 8, gap: 0 });
    expect(await sharp(bare).metadata()).toMatchObject({ width: 160, height: 60 });
    const { data, info } = await sharp(told).raw().toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(640);
    const small = await sharp(bare).raw().toBuffer();
    // The picture at eight times its size, untouched, over the text.
    for (const [x, y] of [
      [0, 0],
      [13, 21],
      [39, 29],
    ] as const) {
      const from = (2 * y * 160 + 2 * x) * 3;
      for (const corner of [0, 7]) {
        const at = ((8 * y + corner) * 640 + 8 * x + corner) * 3;
        expect([...data.subarray(at, at + 3)]).toEqual([...small.subarray(from, from + 3)]);
      }
    }
    expect(info.height).toBeGreaterThan(240 + 100);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
