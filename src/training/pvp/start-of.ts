/** The checkpoint that a recipe begins with. */
import { join } from 'node:path';
import { findModel } from '../../model/index.js';
import { makeStart } from '../model-start/make-start.js';
import type { Recipe } from './recipe.js';

/** Finds the checkpoint, or makes it in the run's folder: the same recipe makes the same one, bit for bit. */
export async function startOf({ start }: Recipe, run: string): Promise<string> {
  if ('checkpoint' in start) return findModel(start.checkpoint);
  const folder = join(run, 'start');
  await makeStart(start, folder);
  return folder;
}
