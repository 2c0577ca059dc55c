/**
 * What is written over a video: step, action, reward and score on a translucent strip, and what the player says it sees,
 * which is marked at the picture's edges too.
 */
import { type Canvas, type Colour, darken, drawText } from './canvas.js';
import type { Caption } from './captions.js';
import { drawGlyphs } from './glyphs.js';
import { drawMarks, sightColour } from './sight-marks.js';

/** Where the strip lies: over an edge of the picture where nothing happens, or outside it, which makes it higher. */
export type OverlayPlacement = 'top' | 'bottom' | 'above' | 'below';

export interface Overlay {
  /** Rows by which the strip makes the picture higher, and the row at which the picture itself begins. */
  readonly addedHeight: number;
  readonly pictureTop: number;
  /** Draws the strip; the picture has been drawn. */
  draw(canvas: Canvas, caption: Caption): void;
}

const LABEL: Colour = [168, 176, 190];
const VALUE: Colour = [255, 255, 255];
const GAIN: Colour = [126, 231, 135];
const LOSS: Colour = [255, 150, 140];
const OPACITY = 0.62;

/** Columns as shares of the width, each wide enough for the longest value that games have. */
const COLUMNS = { step: 0, action: 0.18, reward: 0.55, score: 0.78 } as const;

/** What an overlay is drawn on. */
export interface OverlaySpace {
  /** Of the picture as it is shown. */
  readonly width: number;
  readonly height: number;
  /** How often it is magnified in this. */
  readonly scale: number;
  /** How many numbers a player says before its action. */
  readonly sights: number;
}

/** Prepares the overlay: small labels above their values, and the same again for what the player sees. */
export async function createOverlay(
  { width, height, scale, sights }: OverlaySpace,
  placement: OverlayPlacement,
): Promise<Overlay> {
  const valueSize = Math.max(9, Math.min(Math.round(width / 31), Math.round(height / 14)));
  const values = await drawGlyphs(valueSize, 'bold');
  const labels = await drawGlyphs(Math.max(8, Math.round(valueSize * 0.58)), 'regular');
  const margin = Math.round(valueSize * 0.7);
  const gap = Math.round(valueSize * 0.3);
  const lineHeight = labels.height + values.height + gap;
  const stripHeight = Math.min(height, lineHeight * (sights > 0 ? 2 : 1) + gap);
  const isOutside = placement === 'above' || placement === 'below';
  const addedHeight = isOutside ? stripHeight : 0;
  const top = placement === 'top' || placement === 'above' ? 0 : height + addedHeight - stripHeight;
  const strip = { left: 0, top, width, height: stripHeight };
  const picture = { left: 0, top: placement === 'above' ? stripHeight : 0, width, height };
  const column = (share: number): number => margin + Math.round(share * (width - margin));
  const cells = (shares: number, { width: cell }: { readonly width: number }): number =>
    Math.floor((shares * (width - margin)) / cell) - 1;
  const actionCells = cells(COLUMNS.reward - COLUMNS.action, values);

  const draw = (canvas: Canvas, { step, action, reward, score, sights: seen }: Caption): void => {
    const write = (share: number, label: string, value: string, colour: Colour, first = top + gap): void => {
      drawText(canvas, labels, label, column(share), first, LABEL);
      drawText(canvas, values, value, column(share), first + labels.height, colour);
    };
    drawMarks(canvas, picture, scale, seen);
    darken(canvas, strip, isOutside ? 1 : OPACITY);
    write(COLUMNS.step, 'STEP', String(step), VALUE);
    write(COLUMNS.action, 'ACTION', shorten(action ?? '–', actionCells), VALUE);
    write(COLUMNS.reward, 'REWARD', reward === null ? '–' : formatReward(reward), rewardColour(reward));
    write(COLUMNS.score, 'SCORE', formatNumber(score, 1), VALUE);
    seen.forEach(({ name, number }, index) => {
      const label = shorten(name.toUpperCase(), cells(1 / seen.length, labels));
      const value = number === null ? '–' : String(number);
      write(index / seen.length, label, value, sightColour(index), top + gap + lineHeight);
    });
  };
  return { addedHeight, pictureTop: picture.top, draw };
}

function rewardColour(reward: number | null): Colour {
  if (reward === null || reward === 0) return VALUE;
  return reward > 0 ? GAIN : LOSS;
}

function formatReward(reward: number): string {
  return reward > 0 ? `+${formatNumber(reward, 2)}` : formatNumber(reward, 2);
}

/** Whole numbers plainly, others with `digits` after the point, with a real minus sign. */
export function formatNumber(value: number, digits: number): string {
  const size = Math.abs(value);
  const text = size >= 1e7 ? size.toExponential(2) : Number.isInteger(size) ? String(size) : size.toFixed(digits);
  return value < 0 ? `−${text}` : text;
}

function shorten(text: string, cells: number): string {
  const characters = [...text];
  return characters.length <= cells ? text : `${characters.slice(0, Math.max(0, cells - 1)).join('')}…`;
}
