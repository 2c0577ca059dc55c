/** What is written over a video: step, action, reward and score on a translucent strip. */
import type { EnvSpec } from '../core/index.js';
import { type Canvas, type Colour, darken, drawText } from './canvas.js';
import { drawGlyphs } from './glyphs.js';
import type { RecordedAction } from './record-schema.js';

/** Which edge of the picture the strip lies on; a game puts it where nothing happens. */
export type OverlayPlacement = 'top' | 'bottom';

/** What is known at a decision; `action` and `reward` are null before the first. */
export interface Caption {
  readonly step: number;
  readonly action: string | null;
  readonly reward: number | null;
  /** With this step's reward. */
  readonly score: number;
}

export type DrawOverlay = (canvas: Canvas, caption: Caption) => void;

const LABEL: Colour = [168, 176, 190];
const VALUE: Colour = [255, 255, 255];
const GAIN: Colour = [126, 231, 135];
const LOSS: Colour = [255, 150, 140];
const OPACITY = 0.62;

/** Columns as shares of the width, each wide enough for the longest value that games have. */
const COLUMNS = { step: 0, action: 0.18, reward: 0.55, score: 0.78 } as const;

/** Prepares the overlay for pictures of a size: a line of small labels above a line of values. */
export async function createOverlay(width: number, height: number, placement: OverlayPlacement): Promise<DrawOverlay> {
  const valueSize = Math.max(9, Math.min(Math.round(width / 33), Math.round(height / 14)));
  const values = await drawGlyphs(valueSize, 'bold');
  const labels = await drawGlyphs(Math.max(8, Math.round(valueSize * 0.58)), 'regular');
  const margin = Math.round(valueSize * 0.7);
  const gap = Math.round(valueSize * 0.3);
  const strip = { left: 0, top: 0, width, height: Math.min(height, labels.height + values.height + 2 * gap) };
  const top = placement === 'top' ? 0 : height - strip.height;
  const column = (share: number): number => margin + Math.round(share * (width - margin));
  const actionCells = Math.floor((column(COLUMNS.reward) - column(COLUMNS.action)) / values.width) - 1;

  return (canvas, { step, action, reward, score }) => {
    const write = (share: number, label: string, value: string, colour: Colour): void => {
      drawText(canvas, labels, label, column(share), top + gap, LABEL);
      drawText(canvas, values, value, column(share), top + gap + labels.height, colour);
    };
    darken(canvas, { ...strip, top }, OPACITY);
    write(COLUMNS.step, 'STEP', String(step), VALUE);
    write(COLUMNS.action, 'ACTION', shorten(action ?? '–', actionCells), VALUE);
    write(COLUMNS.reward, 'REWARD', reward === null ? '–' : formatReward(reward), rewardColour(reward));
    write(COLUMNS.score, 'SCORE', formatNumber(score, 1), VALUE);
  };
}

/** An action as a person reads it. */
export function actionName(action: RecordedAction, { actionNames }: Pick<EnvSpec, 'actionNames'>): string {
  if (typeof action !== 'number') return action.map((value) => formatNumber(value, 2)).join(' ');
  return actionNames?.[action] ?? `action ${action}`;
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
