/**
 * Several episodes in one picture, side by side, each under its player's name and with its own action, reward and
 * score. Panels are drawn one by one and copied into the whole, so that nothing here knows how a caption looks.
 */
import { AgentError, type NdArray } from '../core/index.js';
import { type Canvas, copyInto, even } from './canvas.js';
import { CaptionedFrame, type PictureSize } from './captioned-frame.js';
import type { Caption } from './captions.js';

/** One picture of an episode, its caption, and whether the episode is over. */
export interface PanelPicture {
  readonly picture: Canvas;
  readonly caption: Caption;
  readonly isOver: boolean;
}

const GAP = 4;

/** Draws a row of panels. Made for one size of pictures. */
export class PanelRow {
  /** Pixels of the whole, even as 4:2:0 colour needs them. */
  readonly width: number;
  readonly height: number;

  private constructor(
    private readonly source: PictureSize,
    private readonly frames: readonly CaptionedFrame[],
  ) {
    this.width = even(frames.reduce((sum, { canvas }) => sum + canvas.width + GAP, -GAP));
    this.height = Math.max(...frames.map(({ canvas }) => canvas.height));
  }

  /** For pictures of one size, each magnified without blur, with captions like the `first` one of each panel. */
  static async create(source: PictureSize, first: readonly Caption[]): Promise<PanelRow> {
    const frames = await Promise.all(first.map((caption) => CaptionedFrame.create(source, caption, 'below')));
    return new PanelRow(source, frames);
  }

  /** Draws one panel an episode onto `whole`, from row `top` on. Throws `video` where a picture has another size. */
  draw(whole: Canvas, pictures: readonly PanelPicture[], top = 0): void {
    let left = 0;
    pictures.forEach(({ picture, caption, isOver }, index) => {
      this.#check(picture, caption);
      const { canvas } = this.frames[index] as CaptionedFrame;
      this.frames[index]?.draw(picture, caption, isOver);
      copyInto(whole, canvas, left, top);
      left += canvas.width + GAP;
    });
  }

  #check({ width, height }: Canvas, { policy, step }: Caption): void {
    if (width === this.source.width && height === this.source.height) return;
    throw new AgentError('video', 'the pictures of the episodes differ in size', {
      expected: `${this.source.width}×${this.source.height}`,
      got: `${width}×${height}`,
      where: `${policy}, step ${step}`,
      next: 'compare episodes of one game',
    });
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
