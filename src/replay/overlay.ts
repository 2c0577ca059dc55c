/** What is written over a video: step, action, reward and score on a translucent strip. */
import { type Canvas, type Colour, darken, drawText } from './canvas.js';
import { drawGlyphs } from './glyphs.js';

/** Where the strip lies: over an edge of the picture where nothing happens, or outside it, which makes it higher. */
export type OverlayPlacement = 'top' | 'bottom' | 'above' | 'below';

/** What is known at a decision; `action` and `reward` are null before the first. */
export interface Caption {
  readonly step: number;
  readonly action: string | null;
  readonly reward: number | null;
  /** With this step's reward. */
  readonly score: number;
}

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

/** Prepares the overlay for pictures of a size: a line of small labels above a line of values. */
export async function createOverlay(width: number, height: number, placement: OverlayPlacement): Promise<Overlay> {
  const valueSize = Math.max(9, Math.min(Math.round(width / 31), Math.round(height / 14)));
  const values = await drawGlyphs(valueSize, 'bold');
  const labels = await drawGlyphs(Math.max(8, Math.round(valueSize * 0.58)), 'regular');
  const margin = Math.round(valueSize * 0.7);
  const gap = Math.round(valueSize * 0.3);
  const stripHeight = Math.min(height, labels.height + values.height + 2 * gap);
  const isOutside = placement === 'above' || placement === 'below';
  const addedHeight = isOutside ? stripHeight : 0;
  const top = placement === 'top' || placement === 'above' ? 0 : height + addedHeight - stripHeight;
  const strip = { left: 0, top, width, height: stripHeight };
  const column = (share: number): number => margin + Math.round(share * (width - margin));
  const actionCells = Math.floor((column(COLUMNS.reward) - column(COLUMNS.action)) / values.width) - 1;

  const draw = (canvas: Canvas, { step, action, reward, score }: Caption): void => {
    const write = (share: number, label: string, value: string, colour: Colour): void => {
      drawText(canvas, labels, label, column(share), top + gap, LABEL);
      drawText(canvas, values, value, column(share), top + gap + labels.height, colour);
    };
    darken(canvas, strip, isOutside ? 1 : OPACITY);
    write(COLUMNS.step, 'STEP', String(step), VALUE);
    write(COLUMNS.action, 'ACTION', shorten(action ?? '–', actionCells), VALUE);
    write(COLUMNS.reward, 'REWARD', reward === null ? '–' : formatReward(reward), rewardColour(reward));
    write(COLUMNS.score, 'SCORE', formatNumber(score, 1), VALUE);
  };
  return { addedHeight, pictureTop: placement === 'above' ? stripHeight : 0, draw };
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
