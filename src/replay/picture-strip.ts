/** A PNG of moments of a recorded episode, side by side: what a README or a report shows of it. */
import sharp from 'sharp';
import { AgentError, type NdArray, writeFileAtomic } from '../core/index.js';
import { type Canvas, createCanvas, drawMagnified } from './canvas.js';
import type { EpisodeRecord } from './reader.js';
import type { EnvFactory, ReplayEnv } from './recorded-env.js';
import { replaySteps } from './replay-steps.js';

export interface StripOptions {
  /** Pictures, evenly spaced over what was played. Default 5. */
  readonly count?: number;
  /** Decisions to show instead of evenly spaced ones, ascending; 0 is the reset. */
  readonly steps?: readonly number[];
  /** Height of the strip in pixels; pictures keep their shape. Default: as large as they are. */
  readonly height?: number;
  /** Pixels between two pictures. Default 4. */
  readonly gap?: number;
  readonly signal?: AbortSignal;
}

/** Plays the record again up to the last moment shown and writes the strip. Rejects as `renderVideo` does. */
export async function pictureStrip(
  record: EpisodeRecord,
  path: string,
  makeEnv: EnvFactory,
  options: StripOptions = {},
): Promise<void> {
  const steps = options.steps ?? evenlySpaced(record, options.count ?? 5);
  const env = await makeEnv(record.manifest, { render: true });
  try {
    const pictures = await collect(record, env, steps, options.signal);
    await writeFileAtomic(path, await compose(pictures, options));
  } finally {
    await env.close();
  }
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
  env: ReplayEnv,
  steps: readonly number[],
  signal?: AbortSignal,
): Promise<Canvas[]> {
  const pictures: Canvas[] = [];
  const last = Math.max(...steps);
  const options = { framesAt: (step: number) => steps.includes(step), ...(signal ? { signal } : {}) };
  for await (const { line, played } of replaySteps(record, env, options)) {
    if (played.frames) pictures.push(lastFrame(played.frames));
    if (line.step >= last) break;
  }
  if (pictures.length > 0) return pictures;
  throw new AgentError('usage', 'the episode has none of the steps to show', { got: steps.join(', ') });
}

/** The picture after the decision: the last of its emulator frames, out of the message that it came in. */
function lastFrame({ shape, data }: NdArray<'uint8'>): Canvas {
  const [count = 0, height = 0, width = 0] = shape;
  const size = height * width * 3;
  return { width, height, data: data.slice((count - 1) * size, count * size) };
}

async function compose(pictures: readonly Canvas[], { height, gap = 4 }: StripOptions): Promise<Buffer> {
  const images = await Promise.all(pictures.map((picture) => scaled(picture, height)));
  const width = images.reduce((sum, image) => sum + image.width + gap, -gap);
  const strip = createCanvas(width, Math.max(...images.map((image) => image.height)));
  strip.data.fill(255);
  let left = 0;
  for (const image of images) {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
      strip.data.set(row, (y * width + left) * 3);
    }
    left += image.width + gap;
  }
  return sharp(strip.data, { raw: { width, height: strip.height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Enlarges by whole numbers first, without blur, so that small pictures keep their pixels; then fits the height. */
async function scaled(picture: Canvas, height = picture.height): Promise<Canvas> {
  const factor = Math.max(1, Math.ceil(height / picture.height));
  const canvas = createCanvas(picture.width * factor, picture.height * factor);
  drawMagnified(canvas, picture, factor, 0);
  const raw = { width: canvas.width, height: canvas.height, channels: 3 as const };
  const { data, info } = await sharp(canvas.data, { raw })
    .resize({ height })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
