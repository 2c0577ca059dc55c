/** A PNG of moments of a recorded episode, side by side: what a README or a report shows of it. */
import sharp from 'sharp';
import { AgentError, type NdArray, writeFileAtomic } from '../core/index.js';
import type { EpisodeRecord } from '../record/reader.js';
import type { EnvFactory } from '../replay/recorded-env.js';
import { replaySteps } from '../replay/steps.js';
import { type Canvas, copyInto, createCanvas, drawMagnified, fill } from './canvas.js';
import { CaptionedFrame } from './captioned-frame.js';
import { type Caption, captionOf, captionWriter, type ViewFactory } from './captions.js';

export interface StripOptions {
  /** Pictures, evenly spaced over what was played. Default 5. */
  readonly count?: number;
  /** Decisions to show instead of evenly spaced ones, ascending; 0 is the reset. */
  readonly steps?: readonly number[];
  /** False leaves the bare pictures, as large as the emulator gives them unless `scale` says more. */
  readonly overlay?: false;
  /** Whole-numbered magnification; with text by default what brings a picture near 480 pixels of width, else 1. */
  readonly scale?: number;
  /** Pixels between two pictures. Default 4. */
  readonly gap?: number;
  /** Makes what the policy sees, to stand beside each picture. */
  readonly view?: ViewFactory;
  readonly signal?: AbortSignal;
}

const CAPTIONED_WIDTH = 480;

/** A moment of the episode, and what is written about it. */
interface Moment {
  readonly picture: Canvas;
  readonly caption: Caption;
}

/** Plays the record again up to the last moment shown and writes the strip. Rejects as `renderVideo` does. */
export async function pictureStrip(
  record: EpisodeRecord,
  path: string,
  makeEnv: EnvFactory,
  options: StripOptions = {},
): Promise<void> {
  const steps = options.steps ?? evenlySpaced(record, options.count ?? 5);
  const moments = await collect(record, makeEnv, steps, options);
  const images: Canvas[] = [];
  for (const moment of moments) images.push(await drawn(moment, options));
  await writeFileAtomic(path, await sideBySide(images, options.gap ?? 4));
}

function evenlySpaced({ manifest, folder }: EpisodeRecord, count: number): number[] {
  const decisions = manifest.result?.decisions;
  if (decisions === undefined) {
    throw new AgentError('record', 'the record does not say how long the episode was', {
      expected: 'an episode that came to its end',
      got: `status ${manifest.status}`,
      where: folder,
      next: 'name the steps to show',
    });
  }
  // The middle of each part: the first moment is often a title, the last one the end of the game.
  return Array.from({ length: count }, (_, index) => Math.round(((index + 0.5) * decisions) / count));
}

async function collect(
  record: EpisodeRecord,
  makeEnv: EnvFactory,
  steps: readonly number[],
  { signal, view }: StripOptions,
): Promise<Moment[]> {
  const write = captionWriter(record.manifest, await view?.(record.manifest));
  const moments: Moment[] = [];
  const last = Math.max(...steps);
  const options = { framesAt: (step: number) => steps.includes(step), ...(signal ? { signal } : {}) };
  const env = await makeEnv(record.manifest, { render: true });
  try {
    for await (const step of replaySteps(record, env, options)) {
      const caption = captionOf(step, write);
      if (step.played.frames) moments.push({ picture: lastFrame(step.played.frames), caption });
      if (step.line.step >= last) break;
    }
  } finally {
    await env.close();
  }
  if (moments.length > 0) return moments;
  throw new AgentError('usage', 'the episode has none of the steps to show', { got: steps.join(', ') });
}

/** The picture after the decision: the last of its emulator frames, out of the message that it came in. */
function lastFrame({ shape, data }: NdArray<'uint8'>): Canvas {
  const [count = 0, height = 0, width = 0] = shape;
  const size = height * width * 3;
  return { width, height, data: data.slice((count - 1) * size, count * size) };
}

async function drawn({ picture, caption }: Moment, { overlay, scale }: StripOptions): Promise<Canvas> {
  const { width, height } = picture;
  if (overlay === false) {
    const canvas = createCanvas(width * (scale ?? 1), height * (scale ?? 1));
    drawMagnified(canvas, picture, scale ?? 1, 0);
    return canvas;
  }
  const size = { width, height, scale: scale ?? Math.max(1, Math.round(CAPTIONED_WIDTH / width)) };
  const frame = await CaptionedFrame.create(size, caption, 'below');
  return frame.draw(picture, caption);
}

async function sideBySide(images: readonly Canvas[], gap: number): Promise<Buffer> {
  const width = images.reduce((sum, image) => sum + image.width + gap, -gap);
  const strip = createCanvas(width, Math.max(...images.map((image) => image.height)));
  fill(strip, [255, 255, 255]);
  let left = 0;
  for (const image of images) {
    copyInto(strip, image, left, 0);
    left += image.width + gap;
  }
  return sharp(strip.data, { raw: { width, height: strip.height, channels: 3 } })
    .png()
    .toBuffer();
}
