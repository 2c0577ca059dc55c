/** A PNG to look at: episodes in rows, moments of them in columns, under each what was done and what the label says. */
import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';
import type { Dataset, DatasetEpisode } from './dataset.js';

export interface SheetOptions {
  /** Episodes shown at most, evenly spread. Default 6. */
  readonly rows?: number;
  /** Moments of each. Default 8. */
  readonly columns?: number;
}

/** A cell's width in pixels; frames are enlarged by a whole number to about that. */
const CELL_WIDTH = 192;
const CAPTION_HEIGHT = 34;
const GAP = 4;
const FONT = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf');

/** The sheet as PNG; an empty dataset has none. */
export async function makePictureSheet(
  dataset: Dataset,
  { rows = 6, columns = 8 }: SheetOptions = {},
): Promise<Buffer> {
  const { height, width } = dataset.frameShape;
  const scale = Math.max(1, Math.round(CELL_WIDTH / width));
  const cell = { width: width * scale + GAP, height: height * scale + CAPTION_HEIGHT + GAP };
  const shown = spread(dataset.episodes.length, rows).map((at) => dataset.episodes[at] as DatasetEpisode);
  const tiles = shown.flatMap((episode, row) =>
    spread(episode.steps, columns).map(async (step, column): Promise<OverlayOptions[]> => {
      const [left, top] = [column * cell.width + GAP, row * cell.height + GAP];
      return [
        { input: await picture(dataset, episode.firstStep + step, scale), left, top },
        { input: await caption(dataset, episode.firstStep + step), left, top: top + height * scale + 2 },
      ];
    }),
  );
  const size = { width: columns * cell.width + GAP, height: Math.max(1, shown.length) * cell.height + GAP };
  return sharp({ create: { ...size, channels: 3, background: '#202020' } })
    .composite((await Promise.all(tiles)).flat())
    .png()
    .toBuffer();
}

/** Up to `count` of the numbers 0 … `length` - 1, the first and the last among them. */
function spread(length: number, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / Math.max(1, count - 1)));
}

async function picture(dataset: Dataset, index: number, scale: number): Promise<Buffer> {
  const { data } = dataset.frame(dataset.step(index).frame);
  const { height, width, channels } = dataset.frameShape;
  return sharp(data, { raw: { height, width, channels } })
    .resize(width * scale, height * scale, { kernel: 'nearest' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}

/** Yellow where something else was done than the label says. */
async function caption(dataset: Dataset, index: number): Promise<Buffer> {
  const { episode, step, action, label, value } = dataset.step(index);
  const name = (action: number): string => dataset.actions[action] ?? String(action);
  const expected = value === null ? '' : `  ${value.toFixed(1)}`;
  const done = action === label ? name(label) : `${name(action)} not ${name(label)}`;
  const colour = action === label ? '#ffffff' : '#ffd000';
  const text = `<span foreground="${colour}">seed ${episode.seed}  ${step}${expected}\n${done}</span>`;
  return sharp({ text: { text, fontfile: FONT, font: 'DejaVu Sans Mono 11px', rgba: true, dpi: 72 } })
    .png()
    .toBuffer();
}
