/** Raw pictures in, an H.264 file out: one ffmpeg process, fed through its standard input. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AgentError, howItEnded, ownTag } from '../core/index.js';
import type { Ffmpeg } from './ffmpeg.js';

export interface EncoderOptions {
  readonly ffmpeg: Ffmpeg;
  /** An existing file is replaced, and only when the new one is whole. */
  readonly path: string;
  /** Pixels, even: 4:2:0 colour has one sample for two pixels. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** x264's constant rate factor: 0 lossless, 18 hardly to be told apart, 51 worst. */
  readonly crf: number;
  /** Written into the file; players show the title. */
  readonly title: string;
  readonly comment: string;
  /** For programs: the same pixels come out again, a key picture every ten. `crf` is not looked at. */
  readonly isExact?: boolean;
}

const STDERR_KEPT = 2000;
/** Characters of a title; players show a line. */
const MAX_LABEL = 500;
/** How long an ffmpeg that takes no more pictures has to end by itself. */
const GRACE_MS = 5000;

export class VideoEncoder {
  readonly #options: EncoderOptions;
  readonly #temporary: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<string | null>;
  #stderr = '';
  #isFinished = false;
  #aborted: Promise<void> | undefined;
  /** A process that ends without ado, such as by `process.exit`, must leave neither a child nor half a file. */
  readonly #onExit = (): void => {
    this.#child.kill('SIGKILL');
    rmSync(this.#temporary, { force: true });
  };

  constructor(options: EncoderOptions) {
    this.#options = options;
    const path = resolve(options.path);
    this.#temporary = join(dirname(path), `.${basename(path)}.${ownTag()}.tmp`);
    this.#child = spawn(options.ffmpeg.path, ffmpegArguments(options, this.#temporary), {
      stdio: ['pipe', 'ignore', 'pipe'],
      // In a process group of its own: Ctrl-C on the terminal is ours to handle, and ffmpeg would end the file early.
      detached: true,
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    // What became of a write is in its callback; without a listener a broken pipe would end the process.
    this.#child.stdin?.on('error', () => {});
    this.#exit = new Promise((resolveExit) => {
      this.#child.once('error', (error) => resolveExit(error.message));
      this.#child.once('close', (code, signal) =>
        resolveExit(code === 0 ? null : howItEnded({ exitCode: code, signal })),
      );
    });
    process.once('exit', this.#onExit);
  }

  /**
   * Hands over a picture, RGB, row by row. Resolves when its bytes may be overwritten, which is not before ffmpeg took
   * them: a slow encoder slows its source down instead of filling the memory. Rejects with `video`.
   */
  async write(picture: Uint8Array): Promise<void> {
    const error = await new Promise<Error | null | undefined>((done) => this.#child.stdin?.write(picture, done));
    if (error) throw await this.#failure(error);
  }

  /** Waits for the end of the encoding and puts the file in its place. Rejects with `video`. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    const problem = await this.#exit;
    if (problem !== null) throw await this.#failure(new Error(problem));
    try {
      await rename(this.#temporary, this.#options.path);
    } catch (error) {
      await this.abort();
      throw this.#error('the video cannot be put in its place', error);
    }
    this.#isFinished = true;
    process.off('exit', this.#onExit);
  }

  /** Ends ffmpeg and removes what it wrote. Does nothing after `finish`, and nothing twice. */
  async abort(): Promise<void> {
    if (this.#isFinished) return;
    this.#aborted ??= this.#end();
    await this.#aborted;
  }

  async #end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
    process.off('exit', this.#onExit);
    await rm(this.#temporary, { force: true });
  }

  async #failure(cause: Error): Promise<AgentError> {
    // A broken pipe is seen before the end of the process that broke it, and the reason is in what that one said.
    this.#child.stdin?.destroy();
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    const problem = await this.#exit;
    clearTimeout(impatience);
    await this.abort();
    return this.#error('ffmpeg could not write the video', cause, problem ?? undefined);
  }

  #error(summary: string, cause: unknown, problem = String(cause)): AgentError {
    const said = this.#stderr.trim();
    return new AgentError('video', summary, {
      got: said ? `${problem}: ${said}` : problem,
      where: this.#options.path,
      next: 'check that the folder exists, can be written and has space',
      cause,
    });
  }
}

function ffmpegArguments(options: EncoderOptions, output: string): string[] {
  const { width, height, fps, crf, title, comment, isExact = false } = options;
  const input = ['-f', 'rawvideo', '-pixel_format', 'rgb24', '-video_size', `${width}x${height}`];
  // Without being told, ffmpeg converts with the colours of standard definition and players guess: reds turn orange.
  const tags = 'color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv';
  const seen = ['-vf', `scale=out_color_matrix=bt709:out_range=tv,setparams=${tags}`, '-pix_fmt', 'yuv420p'];
  // A key picture every two seconds lets a player jump; the index in front lets a browser start before all is loaded.
  const usual = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', `${crf}`, '-g', `${Math.round(2 * fps)}`];
  const exact = ['-c:v', 'libx264rgb', '-preset', 'veryfast', '-qp', '0', '-g', '10', '-bf', '0'];
  const [colour, codec] = isExact ? [['-pix_fmt', 'rgb24'], exact] : [seen, usual];
  const container = ['-movflags', '+faststart', '-f', 'mp4'];
  const labels = ['-metadata', `title=${oneLine(title)}`, '-metadata', `comment=${oneLine(comment)}`];
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-y'],
    ...[...input, '-framerate', `${fps}`, '-i', 'pipe:0'],
    ...[...colour, ...codec, ...container, ...labels, `file:${output}`],
  ];
}

/** An argument that a process can be given, whatever a record from elsewhere calls its game and policy. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_LABEL);
}
