/**
 * Drawn objects as regions with captions of their own, as in CLOC (arXiv 2410.02746): what the patches of an object
 * say, averaged, is told from what other objects' patches say. So patches learn what stands in them, not the class
 * token alone.
 */
import { describe, type ImageSample, phrase, type SceneObject, withArticle } from '../pictures/index.js';
import { coverageOf } from '../pictures/scenes/coverage.js';

/** An object of a picture, and how much of it lies in which patch. */
export interface Region {
  /** What is said of it, each a caption of another kind, in the order of `REGION_CAPTIONS`. */
  readonly captions: readonly string[];
  /** Pixels of the object by number of the patch, row after row. */
  readonly pixels: ReadonlyMap<number, number>;
}

/**
 * Of each kind a region has one caption, and no two different captions of a kind are true of the same object: all that
 * can be said, and each attribute by itself, so that a shape need not wait until colours, sizes and patterns are known.
 */
const REGION_CAPTIONS: readonly ((object: SceneObject) => string)[] = [
  (object) => withArticle(phrase(describe(object, ['size', 'pattern', 'colour', 'shape']))),
  ({ shape }) => withArticle(shape),
  ({ size }) => withArticle(`${size} object`),
  ({ pattern }) => withArticle(`${pattern} object`),
  ({ colour }) => withArticle(`${colour} object`),
];

/** The regions of a picture; none where nothing is known of it. */
export function regionsOf({ drawn }: ImageSample, patch: number): Region[] {
  if (!drawn) return [];
  return coverageOf(drawn, patch).map(({ object, pixels }) => {
    const own = drawn.scene.objects[object] as SceneObject;
    return { captions: REGION_CAPTIONS.map((caption) => caption(own)), pixels };
  });
}

/** The regions of a batch's pictures as the loss takes them. */
export interface RegionBatch {
  /** Regions there are. */
  readonly count: number;
  /** Of each kind of captions the different ones, as ids, and which of them each region has. */
  readonly tellings: readonly RegionTelling[];
  /**
   * For each part of a region: which region it is of, which of the batch's tokens it is, and its share of the region.
   */
  readonly regions: Int32Array;
  readonly tokens: Int32Array;
  readonly shares: Float32Array;
}

export interface RegionTelling {
  readonly texts: readonly (readonly number[])[];
  readonly textOf: readonly number[];
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
  const [seenRegions, regions, tokens, shares]: [Region[], number[], number[], number[]] = [[], [], [], []];
  for (const [image, own] of regionsOfImages.entries()) {
    const tokenOf = new Map<number, number>();
    for (let i = 1; i < perImage; i++) {
      const row = kept ? (kept[image * perImage + i] as number) : image * perImage + i;
      tokenOf.set(kept ? row - image * (patches + 1) - 1 : i - 1, image * perImage + i);
    }
    for (const region of own) {
      const seen = [...region.pixels].filter(([patch]) => tokenOf.has(patch));
      const total = seen.reduce((sum, [, count]) => sum + count, 0);
      if (total === 0) continue;
      for (const [patch, count] of seen) {
        regions.push(seenRegions.length);
        tokens.push(tokenOf.get(patch) as number);
        shares.push(count / total);
      }
      seenRegions.push(region);
    }
  }
  const tellings = REGION_CAPTIONS.map((_, kind) =>
    tellingOf(
      seenRegions.map((region) => region.captions[kind] as string),
      encode,
    ),
  );
  const parts = {
    regions: Int32Array.from(regions),
    tokens: Int32Array.from(tokens),
    shares: Float32Array.from(shares),
  };
  return { count: seenRegions.length, tellings, ...parts };
}

function tellingOf(captions: readonly string[], encode: (caption: string) => number[]): RegionTelling {
  const different = [...new Set(captions)];
  return { texts: different.map(encode), textOf: captions.map((caption) => different.indexOf(caption)) };
}
