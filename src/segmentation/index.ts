/** Referring segmentation as it is shown and measured. See docs/segmentation.md. */
export { type SegmentAnswer, segmentAnswer } from './answer.js';
export { exampleRows } from './examples.js';
export { type MeasuredExpression, measureModel } from './measure.js';
export { framePng, maskPng, overlay } from './pictures.js';
export {
  type MeasuredSet,
  type SegmentationDifference,
  type SegmentationRow,
  type SegmentationTable,
  segmentationTable,
} from './table.js';
