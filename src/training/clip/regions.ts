/**
 * Drawn objects as regions with captions of their own, as in CLOC (arXiv 2410.02746): what the patches of an object say,
 * averaged, is told from what other objects' patches say. So patches learn what stands in them, not the class token alone.
 */
import { describe, type ImageSample, phrase, type SceneObject, withArticle } from '../data/index.js';
import { coverageOf } from '../data/scenes/coverage.js';

/** An object of a picture, and how much of it lies in which patch. */
export interface Region {
  /** All that can be said of it, so that no other's caption is true of it as well: `a large striped red circle`. */
  readonly caption: string;
  /** Pixels of the object by number of the patch, row after row. */
  readonly pixels: ReadonlyMap<number, number>;
}

/** The regions of a picture; none where nothing is known of it. */
export function regionsOf({ drawn }: ImageSample, patch: number): Region[] {
  if (!drawn) return [];
  return coverageOf(drawn, patch).map(({ object, pixels }) => {
    const description = describe(drawn.scene.objects[object] as SceneObject, ['size', 'pattern', 'colour', 'shape']);
    return { caption: withArticle(phrase(description)), pixels };
  });
}

/** The regions of a batch's pictures as the loss takes them. */
export interface RegionBatch {
  /** Ids of each region's caption. */
  readonly texts: readonly (readonly number[])[];
  /** For each part of a region: which region it is of, which of the batch's tokens it is, and its share of the region. */
  readonly regions: Int32Array;
  readonly tokens: Int32Array;
  readonly shares: Float32Array;
}

/** Where the patches of a batch's pictures are among its tokens. */
export interface TokenPlaces {
  /** Tokens of each picture that are looked at, the class token included. */
  readonly perImage: number;
  /** Their rows among all tokens of all pictures (`visibleTokens`); null where all are looked at. */
  readonly kept: Int32Array | null;
  /** Patches of a picture. */
  readonly patches: number;
}

/** Puts the regions of a batch together; one of which nothing is looked at is left out. */
export function regionBatch(
  regionsOfImages: readonly (readonly Region[])[],
  { perImage, kept, patches }: TokenPlaces,
  encode: (caption: string) => number[],
): RegionBatch {
  const [texts, regions, tokens, shares]: [number[][], number[], number[], number[]] = [[], [], [], []];
  for (const [image, own] of regionsOfImages.entries()) {
    const tokenOf = new Map<number, number>();
    for (let i = 1; i < perImage; i++) {
      const row = kept ? (kept[image * perImage + i] as number) : image * perImage + i;
      tokenOf.set(row - image * (patches + 1) - 1, image * perImage + i);
    }
    for (const { caption, pixels } of own) {
      const seen = [...pixels].filter(([patch]) => tokenOf.has(patch));
      const total = seen.reduce((sum, [, count]) => sum + count, 0);
      if (total === 0) continue;
      for (const [patch, count] of seen) {
        regions.push(texts.length);
        tokens.push(tokenOf.get(patch) as number);
        shares.push(count / total);
      }
      texts.push(encode(caption));
    }
  }
  return {
    texts,
    regions: Int32Array.from(regions),
    tokens: Int32Array.from(tokens),
    shares: Float32Array.from(shares),
  };
}
