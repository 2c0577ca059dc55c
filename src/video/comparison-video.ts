/** The side-by-side video of episodes of one seed, and the strip of the places where they part. */
import sharp from 'sharp';
import { isAgentError, writeFileAtomic } from '../core/index.js';
import type { EpisodeRecord } from '../record/reader.js';
import { cancelled } from '../replay/episode.js';
import type { EnvFactory } from '../replay/recorded-env.js';
import { type Canvas, createCanvas, fill } from './canvas.js';
import type { ViewFactory } from './captions.js';
import { VideoEncoder } from './encoder.js';
import { findFfmpeg } from './ffmpeg.js';
import { type ComparedStep, lockstep, type NamedRecord, requireSameStart } from './lockstep.js';
import { PanelRow } from './panels.js';

export interface ComparisonOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (step: number) => void;
  /** Makes what each policy sees, to stand beside its picture. */
  readonly view?: ViewFactory;
  /** Quality as x264's constant rate factor. Default 22. */
  readonly crf?: number;
}

/** Pictures a second where the game does not say. */
const DEFAULT_FPS = 30;
/** Panels are magnified by whole numbers towards this width. */
const PANEL_WIDTH = 480;

/**
 * Writes an H.264 file in which all episodes play at the game's own speed, synchronised by decision. Rejects as
 * `lockstep` does and with `setup` or `video`; then no file and no process is left.
 */
export async function comparisonVideo(
  episodes: readonly NamedRecord[],
  path: string,
  makeEnv: EnvFactory,
  options: ComparisonOptions = {},
): Promise<void> {
  const { signal, onStep, crf = 22 } = options;
  const records = episodes.map(({ record }) => record);
  requireSameStart(records);
  const ffmpeg = await findFfmpeg();
  const names = episodes.map(({ name }) => name);
  const { game, seed, env } = (records[0] as EpisodeRecord).manifest;
  let encoder: VideoEncoder | undefined;
  let row: PanelRow | undefined;
  let canvas: Canvas | undefined;
  // At once rather than with the next step: ffmpeg may be what the step waits for.
  const stop = (): void => void encoder?.abort();
  signal?.addEventListener('abort', stop);
  try {
    for await (const step of lockstep(episodes, makeEnv, options)) {
      row ??= await panelsFor(step);
      canvas ??= createCanvas(row.width, row.height);
      encoder ??= new VideoEncoder({
        ffmpeg,
        path,
        width: row.width,
        height: row.height,
        fps: env?.framesPerSecond ?? DEFAULT_FPS,
        crf,
        title: `${game.name}, seed ${seed}: ${names.join(', ')}`,
        comment: 'synchronised by decision, one picture an emulator frame',
      });
      for (let frame = 0; frame < frameCount(step); frame++) {
        row.draw(
          canvas,
          step.episodes.map((episode) => pictureAt(episode, frame)),
        );
        await encoder.write(canvas.data);
      }
      onStep?.(step.step);
    }
    await encoder?.finish();
  } catch (error) {
    await encoder?.abort();
    throw signal?.aborted && !isAgentError(error, 'cancelled') ? cancelled(error) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * Writes a PNG: a row for each of the decisions `steps`, in it every episode at that decision. Rejects as `lockstep`.
 */
export async function comparisonStrip(
  episodes: readonly NamedRecord[],
  path: string,
  makeEnv: EnvFactory,
  steps: readonly number[],
  options: Pick<ComparisonOptions, 'signal' | 'view'> = {},
): Promise<void> {
  requireSameStart(episodes.map(({ record }) => record));
  const rows: Canvas[] = [];
  for await (const step of lockstep(episodes, makeEnv, { steps, ...options })) {
    const panels = await panelsFor(step);
    const canvas = createCanvas(panels.width, panels.height);
    panels.draw(
      canvas,
      step.episodes.map((episode) => pictureAt(episode, episode.pictures.length - 1)),
    );
    rows.push(canvas);
  }
  await writeFileAtomic(path, await stack(rows));
}

async function panelsFor({ episodes }: ComparedStep): Promise<PanelRow> {
  const { width = 1, height = 1 } = episodes[0]?.pictures[0] ?? {};
  const scale = Math.max(1, Math.round(PANEL_WIDTH / width));
  return PanelRow.create(
    { width, height, scale },
    episodes.map(({ caption }) => caption),
  );
}

/** Frames of a decision: emulators may give fewer in the last one of an episode. */
function frameCount({ episodes }: ComparedStep): number {
  return Math.max(...episodes.map(({ pictures }) => pictures.length));
}

function pictureAt({ pictures, caption, isOver }: ComparedStep['episodes'][number], frame: number) {
  return { picture: pictures[Math.min(frame, pictures.length - 1)] as Canvas, caption, isOver };
}

const ROW_GAP = 6;

async function stack(rows: readonly Canvas[]): Promise<Buffer> {
  const width = Math.max(...rows.map((row) => row.width));
  const height = rows.reduce((sum, row) => sum + row.height + ROW_GAP, -ROW_GAP);
  const whole = createCanvas(width, height);
  fill(whole, [255, 255, 255]);
  let top = 0;
  for (const row of rows) {
    whole.data.set(row.data, top * width * 3);
    top += row.height + ROW_GAP;
  }
  return sharp(whole.data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
