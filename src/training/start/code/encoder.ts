/**
 * A vision encoder that begins by passing on what it sees: its patch filters are the cosine transform, its position
 * embeddings the position code, and its layers add little at first. A CLIP that is trained from it keeps pixels
 * readable.
 */
import type { VisionConfig } from '../../../model/config/index.js';
import type { Parameters } from '../../../model/network/parameters.js';
import { edit } from '../edit-parameter.js';
import { patchBasis } from '../patch-basis.js';
import { positionCode } from '../position-code.js';
import { CONTENT_SIZE, PATCH_MARK } from './layout.js';

/** Strength of content beside the position code. */
const CONTENT_GAIN = 0.25;
/** Deviation of the random part of the patch filters. */
const FILTER_NOISE = 0.003;

/** Sets the parameters `vision.*`, which hold random values before. */
export function codeEncoder(parameters: Parameters, config: VisionConfig): void {
  const { hiddenSize: size, intermediateSize: inner, patchSize: patch, imageSize, layers } = config;
  const grid = Math.floor(imageSize / patch);
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string): string => `vision.${layer}.${part}.kernel`;
    edit(parameters, name('attention.in'), (matrix) => matrix.rescale(size ** -0.5));
    edit(parameters, name('mlp.in'), (matrix) => matrix.rescale(size ** -0.5));
    edit(parameters, name('attention.out'), (matrix) => matrix.rescale(0.03 * size ** -0.5));
    edit(parameters, name('mlp.out'), (matrix) => matrix.rescale(0.03 * inner ** -0.5));
  }
  edit(parameters, 'vision.patches', (filters) => {
    filters.rescale(FILTER_NOISE);
    for (const [i, { values, gain }] of patchBasis(patch, CONTENT_SIZE).entries()) {
      // Filters lie as [rows, columns, channels, out]; larger patches sum over more pixels.
      values.forEach((value, at) => {
        filters.add(at, i, (value * gain * CONTENT_GAIN * 8) / patch);
      });
    }
  });
  edit(parameters, 'vision.positions', (positions) => {
    for (let i = 0; i < grid * grid; i++) {
      // The first position is that of the class token. Behind the content lie code and constant.
      positions.addRow(i + 1, CONTENT_SIZE, [...positionCode(i, grid), PATCH_MARK, PATCH_MARK]);
    }
  });
}
