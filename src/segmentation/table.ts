/** Tables of referring segmentation: a row a model and set, and paired differences of cIoU. */
import { bootstrapInterval, type Interval, pairedBootstrapInterval } from '../evaluation/index.js';
import type { Overlap } from '../training/masks/mask.js';
import { cumulativeIou, meanIou, precisionAt } from '../training/segmentation/index.js';
import type { MeasuredExpression } from './measure.js';

/** cIoU and mIoU in points of 100, precisions as shares. */
export interface SegmentationRow {
  readonly model: string;
  /** Of the training, where it is told. */
  readonly seed: number | null;
  readonly set: string;
  readonly split: string;
  /** Expressions, each about one picture. */
  readonly images: number;
  readonly ciou: number;
  readonly ciou_interval: Interval | null;
  readonly miou: number;
  readonly miou_interval: Interval | null;
  /** The share of masks with an IoU of at least 0.5, 0.7 and 0.9. */
  readonly precision50: number;
  readonly precision70: number;
  readonly precision90: number;
  /** The share of boxes with an IoU of at least 0.5, and the cIoU of a mask that is the whole box. */
  readonly box: number;
  readonly box_ciou: number;
  /** Answers that were no box. */
  readonly without_box: number;
  readonly milliseconds: number;
}

/** cIoU of `a` minus that of `b` on the same expressions, in points. */
export interface SegmentationDifference {
  readonly seed: number | null;
  readonly set: string;
  readonly a: string;
  readonly b: string;
  readonly difference: number;
  readonly interval: Interval | null;
}

export interface SegmentationTable {
  readonly rows: readonly SegmentationRow[];
  readonly paired: readonly SegmentationDifference[];
}

/** What a model answered to one set. */
export interface MeasuredSet {
  readonly model: string;
  readonly seed: number | null;
  readonly set: string;
  readonly split: string;
  readonly measured: readonly MeasuredExpression[];
}

/** Intervals are bootstraps over expressions; each model is compared with those named after it. */
export function segmentationTable(answered: readonly MeasuredSet[]): SegmentationTable {
  const paired = answered.flatMap((a, i) =>
    answered
      .slice(i + 1)
      .filter((b) => b.set === a.set && b.split === a.split && b.measured.length === a.measured.length)
      .map((b) => difference(a, b)),
  );
  return { rows: answered.map(rowOf), paired };
}

function rowOf({ model, seed, set, split, measured }: MeasuredSet): SegmentationRow {
  const masks = measured.map(({ mask }) => mask);
  const over = (of: (drawn: readonly Overlap[]) => number): Interval | null =>
    bootstrapInterval([...masks.keys()], (drawn) => of(Array.from(drawn, (at) => masks[at] as Overlap)));
  return {
    ...{ model, seed, set, split, images: measured.length },
    ciou: cumulativeIou(masks),
    ciou_interval: over(cumulativeIou),
    miou: meanIou(masks),
    miou_interval: over(meanIou),
    precision50: precisionAt(0.5, masks),
    precision70: precisionAt(0.7, masks),
    precision90: precisionAt(0.9, masks),
    box: precisionAt(
      0.5,
      measured.map(({ boxes }) => boxes),
    ),
    box_ciou: cumulativeIou(measured.map(({ box }) => box)),
    without_box: measured.filter(({ hasBox }) => !hasBox).length,
    milliseconds: Math.round(measured.reduce((sum, one) => sum + one.milliseconds, 0) / measured.length),
  };
}

function difference(a: MeasuredSet, b: MeasuredSet): SegmentationDifference {
  const of = (measured: MeasuredSet, drawn: Float64Array): number =>
    cumulativeIou(Array.from(drawn, (at) => (measured.measured[at] as MeasuredExpression).mask));
  const places = [...a.measured.keys()];
  return {
    seed: a.seed,
    set: a.set,
    a: a.model,
    b: b.model,
    difference: of(a, Float64Array.from(places)) - of(b, Float64Array.from(places)),
    interval: pairedBootstrapInterval(places, places, (ofA, ofB) => of(a, ofA) - of(b, ofB)),
  };
}
