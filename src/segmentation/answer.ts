/** One answer as JSON: box, polygons, run lengths, time. */
import { contours } from 'd3-contour';
import { type CocoRle, toCocoRle } from '../training/masks/coco-rle.js';
import { areaOf, type Mask } from '../training/masks/mask.js';
import type { Box } from '../training/pictures/index.js';
import type { Segmented } from '../training/segmentation/index.js';

export interface SegmentAnswer {
  readonly expression: string;
  /** Height and width of the picture. */
  readonly size: readonly [height: number, width: number];
  /** `[y0, x0, y1, x1]`, both ends inside; null where the model's answer was no box. */
  readonly box: Box | null;
  readonly box_answer: string;
  /** Pixels of the mask. */
  readonly area: number;
  /** As COCO's results have it. */
  readonly rle: CocoRle;
  /** Rings of `[x0, y0, x1, y1, …]` along the edges of pixels; holes are rings that turn the other way. */
  readonly polygons: readonly (readonly number[])[];
  /** Questions that were asked about pixels. */
  readonly asked: number;
  readonly milliseconds: number;
}

export function segmentAnswer(expression: string, answer: Segmented): SegmentAnswer {
  const { mask, box, boxAnswer, asked, milliseconds } = answer;
  return {
    expression,
    size: [mask.height, mask.width],
    box,
    box_answer: boxAnswer,
    area: areaOf(mask),
    rle: toCocoRle(mask),
    polygons: polygonsOf(mask),
    asked,
    milliseconds: Math.round(milliseconds),
  };
}

/** The outlines of a mask. */
export function polygonsOf({ height, width, data }: Mask): number[][] {
  const [outline] = contours().size([width, height]).smooth(false).thresholds([0.5])(Array.from(data));
  const rings = outline?.coordinates.flat() ?? [];
  // The last point of a ring is its first again.
  return rings.map((ring) => ring.slice(0, -1).flatMap(([x = 0, y = 0]) => [x, y]));
}
