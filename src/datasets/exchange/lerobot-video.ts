/** The videos of an export for LeRobot, which hold every picture exactly; and those of anybody, read again. */
import { dirname, join } from 'node:path';
import { AgentError, makeFolder } from '../../core/index.js';
import { findFfmpeg, VideoEncoder } from '../../video/index.js';
import type { Dataset } from '../dataset.js';
import type { FrameShape } from '../frame-codec.js';
import type { DatasetEpisode } from '../schema.js';
import type { SourceFolder } from './source-folder.js';
import { videoPictures } from './video-pictures.js';

/** Where an episode's pictures lie. */
export interface VideoPlace {
  readonly file: string;
  /** Numbers of pictures in the file. */
  readonly from: number;
}

/** One file after the other; a picture is in the one that was begun last. */
export class VideoWriter implements AsyncDisposable {
  #encoder: VideoEncoder | undefined;
  #written = 0;

  constructor(
    private readonly dataset: Dataset,
    private readonly fps: number,
  ) {}

  /** Pictures in the file so far. */
  get written(): number {
    return this.#written;
  }

  async begin(path: string): Promise<void> {
    await this.finish();
    await makeFolder(dirname(path));
    const { width, height } = this.dataset.frameShape;
    const labels = { title: this.dataset.game, comment: '' };
    const ffmpeg = await findFfmpeg();
    this.#encoder = new VideoEncoder({ ffmpeg, path, width, height, fps: this.fps, crf: 0, ...labels, isExact: true });
    this.#written = 0;
  }

  async add({ firstFrame, steps }: DatasetEpisode): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const { data, shape } = this.dataset.frame(firstFrame + i);
      const isGray = shape[2] === 1;
      await this.#encoder?.write(
        isGray ? Uint8Array.from({ length: data.length * 3 }, (_, at) => data[Math.floor(at / 3)] as number) : data,
      );
      this.#written++;
    }
  }

  async finish(): Promise<void> {
    const encoder = this.#encoder;
    this.#encoder = undefined;
    await encoder?.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#encoder?.abort();
  }
}

/** Reads the pictures of episodes, which come in the order that they have in the files. */
export class VideoReader implements AsyncDisposable {
  #file: string | undefined;
  #pictures: AsyncGenerator<Uint8Array> | undefined;
  #next = 0;

  constructor(
    private readonly source: SourceFolder,
    private readonly shape: FrameShape,
  ) {}

  /** `count` pictures as frames. Rejects with `dataset` where the file ends before. */
  async read({ file, from }: VideoPlace, count: number): Promise<Uint8Array[]> {
    if (file !== this.#file || from < this.#next) {
      await this[Symbol.asyncDispose]();
      this.#pictures = videoPictures(await this.source.require(file), this.shape);
      [this.#file, this.#next] = [file, 0];
    }
    const frames: Uint8Array[] = [];
    while (frames.length < count) {
      const { value, done } = (await this.#pictures?.next()) ?? { value: undefined, done: true };
      if (done) throw tooShort(join(this.source.path, file), from + count, this.#next);
      if (this.#next++ >= from) frames.push(value);
    }
    return frames;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pictures?.return(undefined);
    this.#pictures = undefined;
  }
}

function tooShort(where: string, wanted: number, got: number): AgentError {
  const expected = `${wanted} pictures or more`;
  return new AgentError('dataset', 'a video of the source ends too early', { expected, got: `${got}`, where });
}
