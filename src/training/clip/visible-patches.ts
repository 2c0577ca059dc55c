/**
 * Which patches of a batch's pictures are looked at: fewer make cheaper steps and more of them (FLIP, arXiv
 * 2212.00794).
 */
import { createRandom, type Random } from '../../core/random.js';
import type { ClipRecipe } from './recipe.js';
import type { Region } from './regions.js';

/**
 * Rows of the tokens that are looked at: of each picture the class token and equally many patches. Those of its regions
 * come first, and others by lot fill up.
 * @param regions of each picture; where there are none all patches are alike.
 */
export function visibleTokens(recipe: ClipRecipe, step: number, regions: readonly (readonly Region[])[]): Int32Array {
  const { image_size: side, patch_size: patch } = recipe.vision;
  const patches = Math.floor(side / patch) ** 2;
  const visible = Math.max(1, Math.round(patches * recipe.visible));
  const random = createRandom(recipe.seed, `visible patches ${step}`);
  const rows = new Int32Array(recipe.batch * (visible + 1));
  const order = Array.from({ length: patches }, (_, i) => i);
  for (let image = 0; image < recipe.batch; image++) {
    const first = image * (patches + 1);
    rows[image * (visible + 1)] = first;
    shuffle(order, visible, random);
    const chosen = regionsFirst(order.slice(0, visible), regions[image] ?? [], random);
    for (const [i, own] of chosen.entries()) rows[image * (visible + 1) + 1 + i] = first + 1 + own;
  }
  return rows;
}

/** As many patches as were drawn, but those of regions before all others. */
function regionsFirst(drawn: readonly number[], regions: readonly Region[], random: Random): number[] {
  const wanted = [...new Set(regions.flatMap(({ pixels }) => [...pixels.keys()]))];
  if (wanted.length === 0) return [...drawn];
  shuffle(wanted, wanted.length, random);
  return [...new Set([...wanted, ...drawn])].slice(0, drawn.length);
}

/** Draws the first `count` items of a list by lot. */
function shuffle(items: number[], count: number, random: Random): void {
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(items.length - i);
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  }
}
