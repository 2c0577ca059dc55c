/** What a step learns from: a function of the recipe, the sets and the step's number, and of nothing else. */
import { joinArrays } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import { type ImageProcessing, preprocess, resize } from '../../model/image/index.js';
import type { TrainingBatch, TrainingRow } from '../../model/learning/index.js';
import { boxAround, resizeMask } from '../masks/mask.js';
import { boxText } from '../pictures/index.js';
import { boxQuery } from '../tasks/language.js';
import type { RowBuilder } from '../tasks/row-builder.js';
import { drawPlaces } from './draw-places.js';
import type { SegmentationRecipe } from './recipe.js';
import type { Referring, ReferringSet } from './referring-set.js';

/** What batches are made with. */
export interface SegmentationTools {
  readonly rows: RowBuilder;
  readonly processing: ImageProcessing;
  /** Side of the pictures that the model sees. */
  readonly side: number;
  readonly sets: readonly { readonly set: ReferringSet; readonly weight: number }[];
}

interface Item {
  readonly row: TrainingRow;
  readonly pixels: Float32Array;
}

/** The batches of step `step`, counted from 0: those of masks, by the length of their prompts, and one of boxes. */
export async function stepBatches(
  recipe: SegmentationRecipe,
  step: number,
  tools: SegmentationTools,
): Promise<TrainingBatch[]> {
  const random = createRandom(recipe.seed, `step ${step}`);
  const masks = new Map<number, Item[]>();
  const boxes: Item[] = [];
  for (let i = 0; i < recipe.pictures; i++) {
    const set = drawSet(tools.sets, random.next());
    const asked = seenAs(await set.at('train', step * recipe.pictures + i), tools.side);
    const pixels = preprocess(asked.image, tools.processing).data;
    if (random.next() < recipe.boxes) {
      const row = boxRow(asked, tools.rows, recipe.box_weight);
      if (row) boxes.push({ row, pixels });
      continue;
    }
    const places = drawPlaces(asked.mask, asked.others, recipe.queries, random);
    const inside = places.map(({ y, x }) => (asked.mask.data[y * tools.side + x] === 1 ? 1 : 0));
    const row = tools.rows.masks(asked.expression, places, inside);
    // Rows of one length are packed: what takes half the time is worth a pass more.
    masks.set(row.prompt.length, [...(masks.get(row.prompt.length) ?? []), { row, pixels }]);
  }
  return [...masks.values(), boxes].filter((items) => items.length > 0).map(asBatch);
}

function boxRow({ expression, mask }: Referring, rows: RowBuilder, weight: number): TrainingRow | undefined {
  const box = boxAround(mask);
  return box && rows.exchanges([{ task: 'boxes', asked: boxQuery(expression), answer: boxText(box) }], weight);
}

/** Picture and masks as the model sees them: squeezed to its square. */
function seenAs(asked: Referring, side: number): Referring {
  const { image, mask, others } = asked;
  return {
    ...asked,
    image: resize(image, side, side, 'bicubic'),
    mask: resizeMask(mask, side, side),
    others: others && resizeMask(others, side, side),
  };
}

function drawSet(sets: SegmentationTools['sets'], at: number): ReferringSet {
  let left = at * sets.reduce((sum, { weight }) => sum + weight, 0);
  for (const { set, weight } of sets) {
    left -= weight;
    if (left < 0) return set;
  }
  throw new RangeError('the recipe names no set');
}

function asBatch(items: readonly Item[]): TrainingBatch {
  return { rows: items.map(({ row }) => row), pixels: joinArrays(items.map(({ pixels }) => pixels)) };
}
