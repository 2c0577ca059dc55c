/** What each step learns from, as a function of the recipe and the step's number. */
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { Tokenizer } from '../../model/text/index.js';
import {
  type ImageSample,
  type ImageSource,
  mixSources,
  openContrasts,
  openCutouts,
  openGameFrames,
  openScenes,
} from '../pictures/index.js';
import { COLOUR_NAMES } from '../pictures/scenes/palette.js';
import type { ContrastiveBatch } from './contrastive-loss.js';
import type { ClipRecipe } from './recipe.js';
import { regionBatch, regionsOf } from './regions.js';
import { visibleTokens } from './visible-patches.js';

const GAMES = ['carracing', 'spaceinvaders'];
/** Of all scenes. */
const COLOURS = COLOUR_NAMES.length;

/** Opens the recipe's sources; games are played once if they have not been. */
export async function openCaptioned(recipe: ClipRecipe, signal?: AbortSignal): Promise<ImageSource> {
  const { images, seed, difficulty, group } = recipe;
  const side = recipe.vision.image_size;
  const chosen = signal ? { signal } : {};
  return mixSources(
    [
      { source: openScenes({ side, difficulty }), weight: images.scenes },
      {
        source: openContrasts({
          ...{ side, group },
          difficulty: (index) => difficultyAt(recipe, index / recipe.batch),
          colours: (index) => coloursAt(recipe, index / recipe.batch),
        }),
        weight: images.contrasts,
      },
      ...(images.cutouts > 0 ? [{ source: await openCutouts({ side, seed }), weight: images.cutouts }] : []),
      ...(images.games > 0
        ? [{ source: await openGameFrames({ side, games: GAMES, ...chosen }), weight: images.games }]
        : []),
    ],
    seed,
    group,
  );
}

/**
 * How hard contrasting scenes are at a step: from easy ones to those of the whole range, a little harder every step.
 */
function difficultyAt({ difficulty: [least, most], easy, steps }: ClipRecipe, step: number): [number, number] {
  const way = wayAt({ easy, steps }, step);
  const [from, to] = easy.difficulty;
  return [from + (least - from) * way, to + (most - to) * way];
}

/** Texts and pictures on their way into the network. */
export interface ClipInput {
  readonly tokenizer: Tokenizer;
  readonly processing: ImageProcessing;
  /** Longest text, in tokens. */
  readonly context: number;
}

function coloursAt({ easy, steps }: ClipRecipe, step: number): number {
  return Math.floor(easy.colours + (COLOURS - easy.colours) * wayAt({ easy, steps }, step));
}

/** How far a step is on the way from easy scenes to all, 0 to 1. */
function wayAt({ easy, steps }: Pick<ClipRecipe, 'easy' | 'steps'>, step: number): number {
  return easy.until === 0 ? 1 : Math.min(step / (easy.until * steps), 1);
}

/** The batch of a step, counted from 0. */
export function batchOf(recipe: ClipRecipe, step: number, source: ImageSource, input: ClipInput): ContrastiveBatch {
  const samples = Array.from({ length: recipe.batch }, (_, i) => source.sample('train', step * recipe.batch + i));
  const { patch_size: patch, image_size: side } = recipe.vision;
  const regions = recipe.regions === 0 ? [] : samples.map((sample) => regionsOf(sample, patch));
  const whole = step >= recipe.whole_from * recipe.steps || recipe.visible === 1;
  const kept = whole ? null : visibleTokens(recipe, step, regions);
  const patches = Math.floor(side / patch) ** 2;
  const places = { patches, kept, perImage: kept ? kept.length / recipe.batch : patches + 1 };
  const told = regionBatch(regions, places, (caption) => encodeText(caption, input));
  return { ...encodeSamples(samples, input), kept, regions: told.count > 0 ? told : null };
}

/** Pictures and captions as numbers. */
export function encodeSamples(
  samples: readonly ImageSample[],
  input: ClipInput,
): Pick<ContrastiveBatch, 'pixels' | 'texts'> {
  const pictures = samples.map(({ image }) => preprocess(image, input.processing).data);
  const pixels = new Float32Array(pictures.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const picture of pictures) {
    pixels.set(picture, at);
    at += picture.length;
  }
  return { pixels, texts: samples.map(({ caption = '' }) => encodeText(caption, input)) };
}

/** Ids of a text with its first and end token; what is too long loses words at its end. */
export function encodeText(text: string, { tokenizer, context }: ClipInput): number[] {
  const ids = tokenizer.encode(text, true);
  return ids.length <= context ? ids : [...ids.slice(0, context - 1), ids.at(-1) as number];
}
