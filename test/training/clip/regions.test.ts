/** Objects with captions of their own: where they are looked at, and what the loss makes of them. */
import { describe, expect, it } from 'vitest';
import type { ClipRecipe } from '../../../src/training/clip/index.js';
import { regionBatch, regionsOf } from '../../../src/training/clip/regions.js';
import { visibleTokens } from '../../../src/training/clip/visible-patches.js';
import { openScenes, type SceneObject } from '../../../src/training/pictures/index.js';

const scenes = openScenes({ side: 48, difficulty: 0.5 });
const samples = Array.from({ length: 6 }, (_, i) => scenes.sample('train', i));
const regions = samples.map((sample) => regionsOf(sample, 8));
const recipe = { seed: 2, batch: 6, visible: 0.5, vision: { image_size: 48, patch_size: 8 } } as ClipRecipe;
/** Tokens of a picture, and those of them that are looked at. */
const [TOKENS, SEEN] = [37, 19];

describe('regions', () => {
  it('say all of an object, and have its pixels by patches', () => {
    for (const [i, own] of regions.entries()) {
      const objects = samples[i]!.drawn!.scene.objects;
      expect(own.length).toBeGreaterThan(0);
      for (const { captions } of own) {
        const named = ({ size, pattern, colour, shape }: SceneObject) => {
          const words = [size, pattern === 'plain' ? '' : pattern, colour, shape].filter((word) => word !== '');
          const all = [words.join(' '), shape, ...[size, pattern, colour].map((word) => `${word} object`)];
          return all.every((said, kind) => captions[kind]!.replace(/^an? /, '') === said);
        };
        expect(objects.filter(named).length).toBeGreaterThan(0);
      }
    }
    expect(regionsOf({ image: samples[0]!.image, source: 'cutouts', origin: '' }, 8)).toEqual([]);
  });

  it('are looked at before all else, and the same at the same step', () => {
    const kept = visibleTokens(recipe, 3, regions);
    expect(kept).toEqual(visibleTokens(recipe, 3, regions));
    expect(kept).toHaveLength(6 * SEEN);
    for (const [image, own] of regions.entries()) {
      const rows = [...kept.subarray(image * SEEN, (image + 1) * SEEN)].map((row) => row - image * TOKENS);
      expect(rows[0]).toBe(0);
      expect(new Set(rows).size).toBe(SEEN);
      const wanted = new Set(own.flatMap(({ pixels }) => [...pixels.keys()]));
      const found = rows.slice(1).filter((row) => wanted.has(row - 1)).length;
      expect(found).toBe(Math.min(wanted.size, SEEN - 1));
    }
  });

  it.each([true, false])('become tokens of the batch whose shares make one whole (some patches: %s)', (some) => {
    const kept = some ? visibleTokens(recipe, 3, regions) : null;
    const places = { kept, perImage: some ? SEEN : TOKENS, patches: TOKENS - 1 };
    const batch = regionBatch(regions, places, (caption) => [caption.length]);
    const sums = Array.from({ length: batch.count }, (_, region) =>
      batch.shares.reduce((sum, share, i) => sum + (batch.regions[i] === region ? share : 0), 0),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    for (const token of batch.tokens) expect(token % places.perImage).not.toBe(0);
    if (!some) expect(batch.count).toBe(regions.flat().length);
    for (const { texts, textOf } of batch.tellings) {
      expect(textOf).toHaveLength(batch.count);
      expect(new Set(textOf).size).toBe(texts.length);
    }
  });
});
