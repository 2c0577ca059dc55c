/**
 * Where a CLIP's patches are, said in the code that the language model's location tokens use: both begin with the same
 * words for a place. Filters and layers begin at random, as in any CLIP: what of the pixels comes through is learnt.
 */
import type { VisionConfig } from '../../model/config/index.js';
import type { Parameters } from '../../model/network/parameters.js';
import { CODE, patchCode } from '../model-start/code-layout.js';
import { edit } from '../model-start/edit-parameter.js';

/** Beside a code whose values reach 1. */
const CONSTANT = 2;

/** Adds the code to the position embeddings of the patches; the class token's stays random. */
export function startPositions(parameters: Parameters, { imageSize, patchSize }: VisionConfig): void {
  const grid = Math.floor(imageSize / patchSize);
  edit(parameters, 'vision.positions', (positions) => {
    for (let patch = 0; patch < grid * grid; patch++) {
      positions.addRow(patch + 1, CODE.patchRow.start, patchCode(Math.floor(patch / grid), grid));
      positions.addRow(patch + 1, CODE.patchColumn.start, patchCode(patch % grid, grid));
      positions.add(patch + 1, CODE.constant.start, CONSTANT);
      positions.add(patch + 1, CODE.isPatch.start, CONSTANT);
    }
  });
}
