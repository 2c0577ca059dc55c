/** What an encoded file is, as ffmpeg itself sees it. */

import { execa } from 'execa';
import { findFfmpeg } from '../../../src/video/index.js';

export interface VideoFacts {
  readonly codec: string;
  readonly pixelFormat: string;
  readonly size: string;
  readonly fps: number;
  /** Pictures that a decoder gets out of the file. */
  readonly frames: number;
  readonly title: string;
}

export async function videoFacts(path: string): Promise<VideoFacts> {
  const { path: ffmpeg } = await findFfmpeg();
  const { stderr } = await execa(ffmpeg, ['-hide_banner', '-i', path, '-f', 'null', '-']);
  const match = (pattern: RegExp): string => pattern.exec(stderr)?.[1] ?? '';
  return {
    codec: match(/Video: (\w+)/),
    pixelFormat: match(/Video: .*?(yuv\w+)/),
    size: match(/Video: .*? (\d+x\d+)[, ]/),
    fps: Number(match(/Video: .*? ([\d.]+) fps/)),
    frames: Number([...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1]),
    title: match(/title\s*: (.*)/),
  };
}

/** A decoded picture, RGB. */
export async function videoFrame(path: string, index: number): Promise<Uint8Array> {
  const { path: ffmpeg } = await findFfmpeg();
  const select = ['-vf', `select=eq(n\\,${index})`, '-frames:v', '1'];
  const args = ['-loglevel', 'error', '-i', path, ...select, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  return (await execa(ffmpeg, args, { encoding: 'buffer' })).stdout;
}
