/**
 * The video of one episode as its frames come: magnified without blur, captioned, encoded. The same whether the episode
 * is played for the first time or again from its record.
 */
import { AgentError, type NdArray } from '../core/index.js';
import { type Canvas, createCanvas, drawMagnified, even } from './canvas.js';
import { CaptionedFrame, type OverlayPlacement, type PictureSize } from './captioned-frame.js';
import type { Caption } from './captions.js';
import { VideoEncoder } from './encoder.js';
import type { Ffmpeg } from './ffmpeg.js';
import { findFfmpeg } from './ffmpeg.js';

export interface VideoOptions {
  /** At which edge of the picture the text stands; false leaves the bare picture. Default `below`. */
  readonly overlay?: OverlayPlacement | false;
  /** Quality as x264's constant rate factor, 0 (lossless) to 51. Default 20. */
  readonly crf?: number;
  /** Pictures a second; by default as many as the game shows, so that it plays at its own speed. */
  readonly fps?: number;
  /** Whole-numbered magnification; by default what brings the picture near 640 pixels of width. */
  readonly scale?: number;
  /** By default the one that `findFfmpeg` finds. */
  readonly ffmpeg?: Ffmpeg;
}

/** Pictures a second of a game that does not say. */
const DEFAULT_FPS = 30;
const USUAL_WIDTH = 640;

/** Names of the episode that go into the file. */
export interface VideoLabels {
  readonly title: string;
  readonly comment: string;
}

export class EpisodeVideo {
  readonly #path: string;
  readonly #options: VideoOptions;
  readonly #labels: VideoLabels;
  readonly #fps: number;
  readonly #ffmpeg: Ffmpeg;
  #stage: Stage | undefined;

  private constructor(path: string, options: VideoOptions, labels: VideoLabels, fps: number, ffmpeg: Ffmpeg) {
    this.#path = path;
    this.#options = options;
    this.#labels = labels;
    this.#fps = fps;
    this.#ffmpeg = ffmpeg;
  }

  /**
   * `framesPerSecond` is the game's own. Rejects with `setup` where there is no ffmpeg and with `usage` for options
   * that make no video, before anything is played.
   */
  static async create(
    path: string,
    framesPerSecond: number | null,
    labels: VideoLabels,
    options: VideoOptions = {},
  ): Promise<EpisodeVideo> {
    const fps = options.fps ?? framesPerSecond ?? DEFAULT_FPS;
    requireRange('fps', fps, 1, 1000);
    requireRange('crf', options.crf ?? 20, 0, 51);
    if (options.scale !== undefined) requireRange('scale', options.scale, 1, 16, true);
    return new EpisodeVideo(path, options, labels, fps, options.ffmpeg ?? (await findFfmpeg()));
  }

  /** Whether there is anything to see. */
  get hasFrames(): boolean {
    return this.#stage !== undefined;
  }

  /** Adds the frames of a step, `uint8` [count, height, width, 3], all under one caption. Rejects with `video`. */
  async add(frames: NdArray<'uint8'> | undefined, caption: Caption): Promise<void> {
    const [count = 0, height = 0, width = 0, channels = 0] = frames?.shape ?? [];
    if (frames?.shape.length !== 4 || channels !== 3 || width === 0 || height === 0) {
      throw new AgentError('video', 'the emulator gave no pictures that a video can be made of', {
        expected: 'uint8 [count, height, width, 3]',
        got: frames ? `${frames.dtype} [${frames.shape.join(', ')}]` : 'nothing',
        where: `step ${caption.step}`,
        next: 'make the environment with render: true, and ask for frames with every reset and step',
      });
    }
    this.#stage ??= await this.#open(width, height, caption);
    for (let index = 0; index < count; index++) {
      const size = height * width * 3;
      await this.#stage.show(frames.data.subarray(index * size, (index + 1) * size), width, height, caption);
    }
  }

  /** Ends the video and puts it in its place. Rejects with `video`, also where it has no frame. */
  async finish(): Promise<void> {
    if (!this.#stage) {
      throw new AgentError('video', 'the episode has no frame', { where: this.#path, next: 'look at its error' });
    }
    await this.#stage.encoder.finish();
  }

  /** Leaves no file and no process. Does nothing after `finish`. */
  async abort(): Promise<void> {
    await this.#stage?.encoder.abort();
  }

  async #open(width: number, height: number, caption: Caption): Promise<Stage> {
    const scale = this.#options.scale ?? Math.max(1, Math.round(USUAL_WIDTH / width));
    const size = { width, height, scale };
    const placement = this.#options.overlay ?? 'below';
    const frame = placement === false ? bareFrame(size) : await CaptionedFrame.create(size, caption, placement);
    const encoder = new VideoEncoder({
      ffmpeg: this.#ffmpeg,
      path: this.#path,
      width: frame.canvas.width,
      height: frame.canvas.height,
      fps: this.#fps,
      crf: this.#options.crf ?? 20,
      ...this.#labels,
    });
    return new Stage(encoder, size, frame);
  }
}

/** Draws a picture, with its caption or without, onto a canvas of its own. */
interface FrameDrawer {
  readonly canvas: Canvas;
  draw(picture: Canvas, caption: Caption): void;
}

function bareFrame({ width, height, scale }: PictureSize): FrameDrawer {
  // An odd side gets a black line at the edge.
  const canvas = createCanvas(even(width * scale), even(height * scale));
  return { canvas, draw: (picture) => drawMagnified(canvas, picture, scale, 0) };
}

/** Draws one picture after the other and hands it to the encoder. */
class Stage {
  constructor(
    readonly encoder: VideoEncoder,
    private readonly size: PictureSize,
    private readonly frame: FrameDrawer,
  ) {}

  async show(data: Uint8Array, width: number, height: number, caption: Caption): Promise<void> {
    if (width !== this.size.width || height !== this.size.height) {
      throw new AgentError('video', 'the pictures of the episode changed their size', {
        expected: `${this.size.width}×${this.size.height}`,
        got: `${width}×${height}`,
        where: `step ${caption.step}`,
        next: 'a video of this environment cannot be made',
      });
    }
    this.frame.draw({ data, width, height }, caption);
    await this.encoder.write(this.frame.canvas.data);
  }
}

function requireRange(name: string, value: number, low: number, high: number, isWhole = false): void {
  if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return;
  throw new AgentError('usage', `no video can be made with ${name} ${value}`, {
    expected: `${isWhole ? 'a whole number' : 'a number'} from ${low} to ${high}`,
    got: String(value),
    next: `give another ${name}`,
  });
}
