/** The best, middle and worst of a model's answers to a set, to look at. */
import { resize } from '../model/image/index.js';
import { type Labelled, loadAnswerer } from '../training/pvp/index.js';
import { iouOf, type ReferringSet, segment } from '../training/segmentation/index.js';
import type { MeasuredExpression } from './measure.js';
import { overlay } from './pictures.js';

/** Of each kind. */
const EACH = 4;
/** Pictures of a sheet have one size. */
const SIDE = 288;
/** Letters for which there is room above one. */
const ROOM = 40;

/** Three rows of pictures, by the masks' IoU; asked again, for the answers themselves were not kept. */
export async function exampleRows(
  folder: string,
  set: ReferringSet,
  split: string,
  measured: readonly MeasuredExpression[],
): Promise<Labelled[][]> {
  const ranked = [...measured].sort((a, b) => iouOf(b.mask) - iouOf(a.mask));
  const middle = Math.max(0, Math.floor((ranked.length - EACH) / 2));
  const chosen = [ranked.slice(0, EACH), ranked.slice(middle, middle + EACH), ranked.slice(-EACH)];
  using answerer = await loadAnswerer(folder);
  const rows: Labelled[][] = [];
  for (const ofRow of chosen) {
    const row: Labelled[] = [];
    for (const { index, mask: overlap } of ofRow) {
      const { image, expression, mask: truth } = await set.at(split, index);
      const { mask, box } = await segment(answerer, image, expression);
      const label = `${Math.round(100 * iouOf(overlap))} % ${cut(expression)}`;
      row.push({ label, picture: resize(overlay(image, mask, box, truth), SIDE, SIDE, 'nearest') });
    }
    rows.push(row);
  }
  return rows;
}

function cut(expression: string): string {
  return expression.length <= ROOM ? expression : `${expression.slice(0, ROOM - 1)}…`;
}
