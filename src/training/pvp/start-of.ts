/** The checkpoint that a recipe begins with. */
import { join } from 'node:path';
import { findModel } from '../../model/index.js';
import { makeStart, type StartReport } from '../start/make.js';
import { openPictures } from './pictures.js';
import type { Recipe } from './recipe.js';

/** Pictures that the projector's start is fitted on. */
const FITTED = 320;

/**
 * Finds the checkpoint, or makes it in the run's folder: the same recipe makes the same one, bit for bit.
 * @param onMade told how much a start that was just made reads already.
 */
export async function startOf(recipe: Recipe, run: string, onMade?: (report: StartReport) => void): Promise<string> {
  const { start } = recipe;
  if ('checkpoint' in start) return findModel(start.checkpoint);
  const folder = join(run, 'start');
  const report = await makeStart(start, folder, async (side) => {
    const pictures = await openPictures(recipe, side);
    return Array.from({ length: FITTED }, (_, index) => pictures.any(index, 1).image);
  });
  if (report) onMade?.(report);
  return folder;
}
