/** The text of a decision: who plays what, what was answered and done, what it brought, and how sure the player was. */
import { type Canvas, type Colour, drawText, fill, type Rectangle } from './canvas.js';
import { type Caption, sightText } from './captions.js';
import { formatChance, formatNumber, formatReward, shorten } from './format-text.js';
import { drawGlyphs, type Glyphs } from './glyphs.js';
import { sightColour } from './sight-marks.js';

export const BACKGROUND: Colour = [32, 34, 40];
const LABEL: Colour = [168, 176, 190];
const VALUE: Colour = [255, 255, 255];
const DONE: Colour = [255, 206, 110];
const GAIN: Colour = [126, 231, 135];
const LOSS: Colour = [255, 150, 140];
const BAR: Colour = [94, 129, 190];

/** Columns of the first line as shares of the width, each wide enough for the longest value that games have. */
const COLUMNS = { step: 0, action: 0.22, reward: 0.58, score: 0.78 } as const;
/** More actions than this are not listed. */
const MAX_LISTED = 18;
const MAX_COLUMNS = 6;

/** Sizes of text that go with a width in pixels. */
export interface TextSizes {
  readonly values: Glyphs;
  readonly labels: Glyphs;
}

/** Text that can be read at half the size where there is room for it. */
export async function textSizes(width: number): Promise<TextSizes> {
  const size = Math.max(12, Math.min(24, Math.round(width / 34)));
  const [values, labels] = await Promise.all([
    drawGlyphs(size, 'bold'),
    drawGlyphs(Math.max(10, Math.round(size * 0.8)), 'regular'),
  ]);
  return { values, labels };
}

/** Draws captions of one episode: the number of sights and the actions stay what they are in `first`. */
export class TextPanel {
  readonly height: number;
  readonly #gap: number;
  readonly #line: number;
  readonly #grid: { readonly columns: number; readonly rows: number } | null;

  constructor(
    readonly width: number,
    private readonly sizes: TextSizes,
    first: Pick<Caption, 'sights' | 'actions'>,
  ) {
    const { values, labels } = sizes;
    this.#gap = Math.round(values.height * 0.3);
    this.#line = labels.height + values.height + this.#gap;
    this.#grid = this.#gridOf(first.actions);
    const lines = first.sights.length > 0 ? 3 : 2;
    const title = values.height + labels.height + 2 * this.#gap;
    const grid = this.#grid ? labels.height + this.#grid.rows * this.#cellHeight + this.#gap : 0;
    this.height = title + lines * this.#line + grid + this.#gap;
  }

  /** Clears its place, from `left`, `top` on, and writes the caption there. */
  draw(canvas: Canvas, caption: Caption, left: number, top: number, isOver = false): void {
    const { values, labels } = this.sizes;
    fill(canvas, BACKGROUND, { left, top, width: this.width, height: this.height });
    const { game, policy, seed, step, action, answer, trouble, reward, score, sights } = caption;
    const margin = left + this.#margin;
    const cutTo = (text: string, glyphs: Glyphs): string => shorten(text, Math.floor(this.#inner / glyphs.width));
    let line = top + this.#gap;
    // The seed first: whatever is too long, it is seen.
    const title = `seed ${seed} · ${game}`;
    drawText(canvas, values, cutTo(isOver ? `over · ${title}` : title, values), margin, line, isOver ? DONE : VALUE);
    line += values.height;
    drawText(canvas, labels, cutTo(`played by ${policy}`, labels), margin, line, VALUE);
    line += labels.height + this.#gap;
    const write = (share: number, end: number, label: string, value: string, colour: Colour): void => {
      const at = margin + Math.round(share * this.#inner);
      const room = (glyphs: Glyphs): number => Math.floor(((end - share) * this.#inner) / glyphs.width) - 1;
      drawText(canvas, labels, shorten(label, room(labels)), at, line, LABEL);
      drawText(canvas, values, shorten(value, room(values)), at, line + labels.height, colour);
    };
    write(COLUMNS.step, COLUMNS.action, 'DECISION', String(step), VALUE);
    const isOther = trouble !== null ? LOSS : DONE;
    write(COLUMNS.action, COLUMNS.reward, 'ACTION DONE', action ?? '–', action === null ? VALUE : isOther);
    const gained = reward === null ? '–' : formatReward(reward);
    write(COLUMNS.reward, COLUMNS.score, 'REWARD', gained, rewardColour(reward));
    write(COLUMNS.score, 1, 'SCORE', formatNumber(score, 1), VALUE);
    line += this.#line;
    write(0, 1, trouble === null ? 'ANSWER' : `ANSWER, ${trouble}`, answer ?? '–', trouble === null ? VALUE : LOSS);
    line += this.#line;
    if (sights.length > 0) {
      sights.forEach((sight, index) => {
        const [share, end] = [index / sights.length, (index + 1) / sights.length];
        write(share, end, `IT SAYS: ${sight.name.toUpperCase()}`, sightText(sight), sightColour(index));
      });
      line += this.#line;
    }
    this.#drawGrid(canvas, caption, margin, line);
  }

  get #margin(): number {
    return this.#gap * 2;
  }

  get #inner(): number {
    return this.width - 2 * this.#margin;
  }

  get #cellHeight(): number {
    return this.sizes.labels.height * 2 + this.#barHeight + this.#gap;
  }

  get #barHeight(): number {
    return Math.max(3, Math.round(this.sizes.labels.height / 4));
  }

  /** As many columns as the longest name leaves room for, evenly filled. */
  #gridOf(actions: readonly string[]): { columns: number; rows: number } | null {
    if (actions.length === 0 || actions.length > MAX_LISTED) return null;
    const longest = Math.max(...actions.map((name) => name.length)) + 1;
    const room = Math.floor(this.#inner / (longest * this.sizes.labels.width));
    const rows = Math.ceil(actions.length / Math.max(1, Math.min(MAX_COLUMNS, room)));
    return { rows, columns: Math.ceil(actions.length / rows) };
  }

  #drawGrid(canvas: Canvas, { actions, executed, scores }: Caption, left: number, top: number): void {
    if (!this.#grid) return;
    const { labels } = this.sizes;
    const { columns } = this.#grid;
    const kinds = { chances: 'CHANCE OF EACH ACTION', values: 'EXPECTED RETURN OF EACH ACTION' } as const;
    drawText(canvas, labels, scores ? kinds[scores.kind] : 'ACTIONS', left, top, LABEL);
    const width = Math.floor(this.#inner / columns);
    const cells = Math.floor(width / labels.width) - 1;
    actions.forEach((name, index) => {
      const cell: Rectangle = {
        left: left + (index % columns) * width,
        top: top + labels.height + Math.floor(index / columns) * this.#cellHeight,
        width: width - labels.width,
        height: this.#barHeight,
      };
      const colour = index === executed ? DONE : LABEL;
      drawText(canvas, labels, shorten(name, cells), cell.left, cell.top, colour);
      const score = scores?.numbers[index];
      if (scores === null || score === undefined) return;
      const text = scores.kind === 'chances' ? formatChance(score) : formatNumber(score, 2);
      drawText(canvas, labels, text, cell.left, cell.top + labels.height, colour);
      if (scores.kind !== 'chances') return;
      const bar = { ...cell, top: cell.top + 2 * labels.height, width: Math.round(cell.width * score) };
      fill(canvas, index === executed ? DONE : BAR, bar);
    });
  }
}

function rewardColour(reward: number | null): Colour {
  if (reward === null || reward === 0) return VALUE;
  return reward > 0 ? GAIN : LOSS;
}
