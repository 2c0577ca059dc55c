/** What the policy itself is given, beside what a person sees: its pictures, each pixel a square, oldest first. */
import { type Canvas, type Colour, drawMagnified, drawText, fill } from './canvas.js';
import type { Glyphs } from './glyphs.js';
import { BACKGROUND } from './text-panel.js';

const HEADING: Colour = [255, 255, 255];
const LABEL: Colour = [168, 176, 190];
const MAX_SCALE = 3;
/** Small pictures are magnified towards this, in pixels. */
const GOOD_HEIGHT = 200;
const GAP = 6;
const TITLE = 'GIVEN TO THE POLICY';

interface Arrangement {
  readonly columns: number;
  readonly scale: number;
}

/** Made for one number and size of pictures. */
export class ViewPanel {
  readonly width: number;
  readonly height: number;
  readonly #arrangement: Arrangement;
  readonly #count: number;
  readonly #cell: { readonly width: number; readonly height: number };

  /** For pictures like `first`, as large as `height` leaves room for; higher than that only where nothing else fits. */
  constructor(
    first: readonly Canvas[],
    height: number,
    private readonly text: Glyphs,
  ) {
    const { width: side = 1, height: rows = 1 } = first[0] ?? {};
    this.#count = first.length;
    this.#arrangement = arrange(first, height - this.#headingHeight, text);
    const { columns, scale } = this.#arrangement;
    this.#cell = { width: side * scale + GAP, height: rows * scale + text.height + GAP };
    this.width = Math.max(columns * this.#cell.width + GAP, TITLE.length * text.width + 2 * GAP);
    this.height = Math.max(height, this.#headingHeight + Math.ceil(this.#count / columns) * this.#cell.height);
  }

  /** Draws the pictures of a decision from `left`, `top` on. */
  draw(canvas: Canvas, pictures: readonly Canvas[], left: number, top: number): void {
    const { text } = this;
    fill(canvas, BACKGROUND, { left, top, width: this.width, height: this.height });
    const { width = 0, height = 0 } = pictures[0] ?? {};
    drawText(canvas, text, TITLE, left + GAP, top + GAP, HEADING);
    drawText(canvas, text, sizeLine(this.#count, width, height), left + GAP, top + GAP + text.height, LABEL);
    pictures.slice(0, this.#count).forEach((picture, index) => {
      const { columns, scale } = this.#arrangement;
      const x = left + GAP + (index % columns) * this.#cell.width;
      const y = top + this.#headingHeight + Math.floor(index / columns) * this.#cell.height;
      drawMagnified(canvas, picture, scale, y, x);
      drawText(canvas, text, ageOf(index, this.#count), x, y + picture.height * scale, LABEL);
    });
  }

  get #headingHeight(): number {
    return 2 * this.text.height + 2 * GAP;
  }
}

function sizeLine(count: number, width: number, height: number): string {
  if (count === 0) return 'no pictures';
  return `${count} ${count === 1 ? 'picture' : 'pictures'}, ${width}×${height}`;
}

function ageOf(index: number, count: number): string {
  if (index === count - 1) return 'newest';
  return index === 0 ? 'oldest' : `${index + 1} of ${count}`;
}

/** The fewest columns in which the pictures can be as large as is good to look at, else shown at all. */
function arrange(pictures: readonly Canvas[], space: number, { height: label }: Pick<Glyphs, 'height'>): Arrangement {
  const count = Math.max(1, pictures.length);
  const height = pictures[0]?.height ?? 1;
  const wanted = Math.max(1, Math.min(MAX_SCALE, Math.floor(GOOD_HEIGHT / height)));
  const isRoom = (scale: number, columns: number): boolean =>
    Math.ceil(count / columns) * (height * scale + label + GAP) <= space;
  for (const scale of [wanted, 1]) {
    for (let columns = 1; columns <= count; columns++) if (isRoom(scale, columns)) return { columns, scale };
  }
  // Where even one row is higher than the space, the panel is.
  return { columns: count, scale: 1 };
}
