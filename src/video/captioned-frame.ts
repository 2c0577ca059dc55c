/**
 * One picture of a game with all that explains it around it: marks in lanes at its edges, the text of the decision
 * above or below, the policy's own pictures at the right. The game's picture itself is never drawn over.
 */
import { type Canvas, createCanvas, darken, drawMagnified, even, fill, type Rectangle } from './canvas.js';
import type { Caption } from './captions.js';
import { drawMarks, laneSpace } from './sight-marks.js';
import { BACKGROUND, TextPanel, type TextSizes, textSizes } from './text-panel.js';
import { ViewPanel } from './view-panel.js';

/** At which edge of the picture the text stands. */
export type OverlayPlacement = 'above' | 'below';

/** Of all pictures of a game, as the emulator gives them, and how often they are magnified. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** A narrower picture stands in the middle of a frame of this width, or its text would have no room. */
const LEAST_WIDTH = 320;
/** How dark the picture of an episode that is over becomes. */
const OVER_OPACITY = 0.55;

export class CaptionedFrame {
  /** What was drawn last; its sides are even. */
  readonly canvas: Canvas;
  /** Where the game's picture lies on the canvas, magnified. */
  readonly picture: Rectangle;
  readonly #panel: TextPanel;
  readonly #panelTop: number;
  readonly #view: ViewPanel | null;
  #drawn: Caption | undefined;
  #wasOver = false;

  private constructor(
    private readonly size: PictureSize,
    private readonly sizes: TextSizes,
    first: Caption,
    placement: OverlayPlacement,
  ) {
    const [width, height] = [size.width * size.scale, size.height * size.scale];
    const lanes = laneSpace(first.sights, sizes.labels);
    const whole = even(Math.max(LEAST_WIDTH, width + 2 * lanes.beside));
    this.#panel = new TextPanel(whole, sizes, first);
    const total = this.#panel.height + lanes.above + height + lanes.below;
    const above = placement === 'above' ? this.#panel.height : 0;
    this.picture = { left: (whole - width) >> 1, top: above + lanes.above, width, height };
    this.#panelTop = placement === 'above' ? 0 : lanes.above + height + lanes.below;
    this.#view = first.view.length > 0 ? new ViewPanel(first.view, total, sizes.labels) : null;
    this.canvas = createCanvas(even(whole + (this.#view?.width ?? 0)), even(Math.max(total, this.#view?.height ?? 0)));
    fill(this.canvas, BACKGROUND);
  }

  /** For pictures of one size, with captions that have as many sights, actions and own pictures as `first`. */
  static async create(size: PictureSize, first: Caption, placement: OverlayPlacement): Promise<CaptionedFrame> {
    return new CaptionedFrame(size, await textSizes(Math.max(LEAST_WIDTH, size.width * size.scale)), first, placement);
  }

  /** Draws a picture and what is around it; that an episode `isOver` is said and seen. Returns the canvas. */
  draw(picture: Canvas, caption: Caption, isOver = false): Canvas {
    drawMagnified(this.canvas, picture, this.size.scale, this.picture.top, this.picture.left);
    if (isOver) darken(this.canvas, this.picture, OVER_OPACITY);
    // All emulator frames of a decision have one caption.
    if (caption !== this.#drawn || isOver !== this.#wasOver) this.#explain(caption, isOver);
    this.#drawn = caption;
    this.#wasOver = isOver;
    return this.canvas;
  }

  #explain(caption: Caption, isOver: boolean): void {
    const { canvas, picture, sizes } = this;
    const lanes = laneSpace(caption.sights, sizes.labels);
    const { left, top, width, height } = picture;
    const whole = this.#panel.width;
    fill(canvas, BACKGROUND, { left: 0, top: top - lanes.above, width: whole, height: lanes.above });
    fill(canvas, BACKGROUND, { left: 0, top: top + height, width: whole, height: lanes.below });
    fill(canvas, BACKGROUND, { left: 0, top, width: left, height });
    fill(canvas, BACKGROUND, { left: left + width, top, width: whole - left - width, height });
    drawMarks(canvas, picture, this.size.scale, caption.sights, sizes.labels);
    this.#panel.draw(canvas, caption, 0, this.#panelTop, isOver);
    this.#view?.draw(canvas, caption.view, whole, 0);
  }
}
