/**
 * A PNG to look at: who drove and who labelled, episodes in rows, moments of them in columns, under each what was done
 * and what the label says.
 */

import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';
import type { Dataset } from './dataset.js';
import type { DatasetEpisode } from './schema.js';

export interface SheetOptions {
  /** Episodes shown at most, evenly spread. Default 6. */
  readonly rows?: number;
  /** Moments of each. Default 8. */
  readonly columns?: number;
}

/** A cell's width in pixels; frames are enlarged by a whole number to about that. */
const CELL_WIDTH = 192;
/** Four lines and a little air. */
const CAPTION_HEIGHT = 62;
/** Of a character of the captions, in pixels. */
const CHARACTER_WIDTH = 6.7;
const CAPTION_SIZE = 11;
const TITLE_SIZE = 13;
const GAP = 4;
const TITLE_LINE = 22;
const FONT = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf');

/** The sheet as PNG; an empty dataset has none. */
export async function makePictureSheet(
  dataset: Dataset,
  { rows = 6, columns = 8 }: SheetOptions = {},
): Promise<Buffer> {
  const { height, width } = dataset.frameShape;
  const scale = Math.max(1, Math.round(CELL_WIDTH / width));
  const cell = { width: width * scale + GAP, height: height * scale + CAPTION_HEIGHT + GAP };
  const sheetWidth = columns * cell.width + GAP;
  const room = ((sheetWidth - 2 * GAP) / CHARACTER_WIDTH) * (CAPTION_SIZE / TITLE_SIZE) - 1;
  const head = titleLines(dataset).map((line) =>
    drawText(`<span foreground="#ffffff">${cutTo(line, room)}</span>`, TITLE_SIZE),
  );
  const headHeight = head.length * TITLE_LINE;
  const shown = spread(dataset.episodes.length, rows).map((at) => dataset.episodes[at] as DatasetEpisode);
  const tiles = shown.flatMap((episode, row) =>
    spread(episode.steps, columns).map(async (step, column): Promise<OverlayOptions[]> => {
      const [left, top] = [column * cell.width + GAP, headHeight + row * cell.height + GAP];
      return [
        { input: await picture(dataset, episode.firstStep + step, scale), left, top },
        { input: await caption(dataset, episode.firstStep + step, width * scale), left, top: top + height * scale + 2 },
      ];
    }),
  );
  const size = { width: sheetWidth, height: headHeight + Math.max(1, shown.length) * cell.height + GAP };
  const titles = head.map(async (line, index) => ({ input: await line, left: GAP, top: GAP + index * TITLE_LINE }));
  return sharp({ create: { ...size, channels: 3, background: '#202020' } })
    .composite([...(await Promise.all(titles)), ...(await Promise.all(tiles)).flat()])
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

/** The game, then each source: who drove, who labelled. */
function titleLines({ game, sources }: Dataset): string[] {
  const players = sources.map(({ description: { driver, labeller, noise } }) => {
    return `driven by ${driver.id}, labelled by ${labeller.id}, ${noise * 100} % random actions`;
  });
  const legend = ['yellow: not done what the label says', 'expects: the return that the labeller expects from there'];
  return [`Demonstrations of ${game}, an episode a row`, ...new Set(players), ...legend];
}

/** Of one moment: whose it is, what was done, what the label says. */
function caption(dataset: Dataset, index: number, width: number): Promise<Buffer> {
  const { episode, step, action, label, value } = dataset.step(index);
  const name = (action: number): string => dataset.actions[action] ?? String(action);
  const lines = [`seed ${episode.seed} step ${step}`, `did   ${name(action)}`, `label ${name(label)}`];
  if (value !== null) lines.push(`expects ${value.toFixed(1)}`);
  const text = lines.map((line) => cutTo(line, width / CHARACTER_WIDTH)).join('\n');
  return drawText(`<span foreground="${action === label ? '#ffffff' : '#ffd000'}">${text}</span>`, CAPTION_SIZE);
}

/** Cut to so many characters, ready for Pango's markup. */
function cutTo(text: string, room: number): string {
  const cut = text.length <= room ? text : `${text.slice(0, Math.floor(room) - 1)}…`;
  return cut.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function drawText(markup: string, pixels: number): Promise<Buffer> {
  return sharp({ text: { text: markup, fontfile: FONT, font: `DejaVu Sans Mono ${pixels}px`, rgba: true, dpi: 72 } })
    .png()
    .toBuffer();
}
