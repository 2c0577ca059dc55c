/** The pictures of a run: photographs, scenes and game frames in the recipe's proportions. */
import {
  type ImageSample,
  type ImageSource,
  mixSources,
  openGameFrames,
  openPhotographs,
  openScenes,
  type Split,
} from '../pictures/index.js';
import type { Recipe } from './recipe.js';

export const PICTURE_KINDS = ['photographs', 'scenes', 'games'] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** The games that PAE-LaMM is to play. */
const GAMES = ['carracing', 'spaceinvaders'];

export class Pictures {
  /** Mixtures by the scenes' difficulty, in tenths: opening one costs nothing. */
  readonly #mixtures = new Map<number, ImageSource>();

  constructor(
    private readonly recipe: Pick<Recipe, 'images' | 'seed'>,
    private readonly side: number,
    private readonly sources: Readonly<Record<Exclude<PictureKind, 'scenes'>, ImageSource | null>>,
  ) {}

  /** A training picture of any kind. */
  any(index: number, difficulty: number): ImageSample {
    const tenths = Math.round(10 * difficulty);
    const mixture = this.#mixtures.get(tenths) ?? this.#mix(tenths / 10);
    this.#mixtures.set(tenths, mixture);
    return mixture.sample('train', index);
  }

  /** A training scene, no harder than `difficulty`. */
  scene(index: number, difficulty: number): ImageSample {
    return openScenes({ side: this.side, difficulty: [0, difficulty] }).sample('train', index);
  }

  /** The first pictures of a kind in a split that is not trained on; fewer where it has fewer. */
  heldOut(kind: PictureKind, split: Exclude<Split, 'train'>, count: number): ImageSample[] {
    const source = kind === 'scenes' ? openScenes({ side: this.side, difficulty: [0, 1] }) : this.sources[kind];
    const size = Math.min(count, source?.size(split) ?? 0);
    return Array.from({ length: size }, (_, index) => (source as ImageSource).sample(split, index));
  }

  #mix(difficulty: number): ImageSource {
    const { photographs, games } = this.sources;
    const { images, seed } = this.recipe;
    const scenes = openScenes({ side: this.side, difficulty: [0, difficulty] });
    const parts = [
      ...(photographs ? [{ source: photographs, weight: images.photographs }] : []),
      { source: scenes, weight: images.scenes },
      ...(games ? [{ source: games, weight: images.games }] : []),
    ];
    return mixSources(parts, seed);
  }
}

/** Opens what the recipe names. Rejects with `setup` where photographs or game frames are not there. */
export async function openPictures(
  recipe: Pick<Recipe, 'images' | 'seed' | 'folders'>,
  side: number,
): Promise<Pictures> {
  const { images, seed, folders } = recipe;
  const photographs = images.photographs > 0 ? await openPhotographs({ side, seed, folders }) : null;
  const games = images.games > 0 ? await openGameFrames({ side, games: GAMES }) : null;
  return new Pictures(recipe, side, { photographs, games });
}
