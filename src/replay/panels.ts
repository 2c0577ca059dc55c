/**
 * Several episodes in one picture, side by side, each under its player's name and with its own action, reward and
 * score. Panels are drawn one by one and copied into the whole, so that nothing here knows how a caption looks.
 */
import { AgentError, type NdArray } from '../core/index.js';
import { type Canvas, type Colour, createCanvas, darken, drawMagnified, drawText } from './canvas.js';
import type { Caption } from './captions.js';
import { drawGlyphs, type Glyphs } from './glyphs.js';
import { createOverlay, type Overlay } from './overlay.js';

/** One picture of an episode, its caption, and whether the episode is over. */
export interface PanelPicture {
  readonly picture: Canvas;
  readonly caption: Caption;
  readonly isOver: boolean;
}

const GAP = 4;
const TITLE: Colour = [255, 255, 255];
const OVER: Colour = [255, 206, 110];
const BACKGROUND: Colour = [32, 34, 40];

/** The pictures of all panels. */
interface PanelSource {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Draws rows of equally large panels. Made for one size of pictures. */
export class PanelRow {
  private constructor(
    private readonly names: readonly string[],
    private readonly source: PanelSource,
    private readonly overlay: Overlay,
    private readonly titles: Glyphs,
  ) {}

  /** For pictures of `width` × `height`, each magnified `scale` times without blur, and so many sights in a caption. */
  static async create(names: readonly string[], source: PanelSource, sights: number): Promise<PanelRow> {
    const { width, height, scale } = source;
    const overlay = await createOverlay({ width: width * scale, height: height * scale, scale, sights }, 'below');
    const titles = await drawGlyphs(Math.max(11, Math.round((width * scale) / 24)), 'bold');
    return new PanelRow(names, source, overlay, titles);
  }

  /** Pixels of the whole, even as 4:2:0 colour needs them. */
  get width(): number {
    return even(this.names.length * (this.#panelWidth + GAP) - GAP);
  }

  get height(): number {
    return even(this.#titleHeight + this.source.height * this.source.scale + this.overlay.addedHeight);
  }

  /** Draws one panel a name onto `whole`, whose top row is `top`. Throws `video` where a picture has another size. */
  draw(whole: Canvas, pictures: readonly PanelPicture[], top = 0): void {
    pictures.forEach((panel, index) => {
      copyInto(whole, this.#panel(this.names[index] as string, panel), index * (this.#panelWidth + GAP), top);
    });
  }

  get #panelWidth(): number {
    return this.source.width * this.source.scale;
  }

  get #titleHeight(): number {
    return Math.round(this.titles.height * 1.4);
  }

  #panel(name: string, { picture, caption, isOver }: PanelPicture): Canvas {
    const { width, height, scale } = this.source;
    if (picture.width !== width || picture.height !== height) {
      throw new AgentError('video', 'the pictures of the episodes differ in size', {
        expected: `${width}×${height}`,
        got: `${picture.width}×${picture.height}`,
        where: `${name}, step ${caption.step}`,
        next: 'compare episodes of one game',
      });
    }
    const body = createCanvas(this.#panelWidth, height * scale + this.overlay.addedHeight);
    drawMagnified(body, picture, scale, this.overlay.pictureTop);
    if (isOver) darken(body, { left: 0, top: 0, width: body.width, height: height * scale }, 0.55);
    this.overlay.draw(body, caption);
    const panel = createCanvas(body.width, this.#titleHeight + body.height);
    fill(panel, BACKGROUND);
    const [left, top] = [Math.round(this.titles.width * 0.6), Math.round(this.titles.height * 0.2)];
    drawText(panel, this.titles, isOver ? `${name} · over` : name, left, top, isOver ? OVER : TITLE);
    copyInto(panel, body, 0, this.#titleHeight);
    return panel;
  }
}

/** Copies `picture` onto `whole`; what does not fit is cut off. */
export function copyInto(whole: Canvas, picture: Canvas, left: number, top: number): void {
  const width = Math.min(picture.width, whole.width - left);
  const height = Math.min(picture.height, whole.height - top);
  for (let y = 0; y < height; y++) {
    const from = y * picture.width * 3;
    whole.data.set(picture.data.subarray(from, from + width * 3), ((top + y) * whole.width + left) * 3);
  }
}

export function fill(canvas: Canvas, [red, green, blue]: Colour): void {
  for (let index = 0; index < canvas.data.length; index += 3) {
    canvas.data[index] = red;
    canvas.data[index + 1] = green;
    canvas.data[index + 2] = blue;
  }
}

/** The pictures of a decision, one for each emulator frame, out of the message that they came in. */
export function picturesOf(frames: NdArray<'uint8'>): Canvas[] {
  const [count = 0, height = 0, width = 0] = frames.shape;
  const size = height * width * 3;
  return Array.from({ length: count }, (_, index) => ({
    width,
    height,
    data: frames.data.slice(index * size, (index + 1) * size),
  }));
}

function even(length: number): number {
  return length + (length % 2);
}
