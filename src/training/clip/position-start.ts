/**
 * Where a CLIP's patches are, said in waves over the grid. Filters and layers begin at random, as in any CLIP: what of
 * the pixels comes through is learnt.
 */
import type { VisionConfig } from '../../model/config/index.js';
import type { Parameters } from '../../model/network/parameters.js';
import { edit } from '../start/edit-parameter.js';
import { positionCode } from '../start/position-code.js';

/** Beside a code whose values reach 1. */
const CONSTANT = 2;

/** Adds the code to the position embeddings of the patches; the class token's stays random. */
export function startPositions(parameters: Parameters, { imageSize, patchSize }: VisionConfig): void {
  const grid = Math.floor(imageSize / patchSize);
  edit(parameters, 'vision.positions', (positions) => {
    for (let patch = 0; patch < grid * grid; patch++) {
      // The code, and behind it constants that tell patches from the class.
      positions.addRow(patch + 1, 0, [...positionCode(patch, grid), CONSTANT, CONSTANT]);
    }
  });
}
