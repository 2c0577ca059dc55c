/** What each step learns from, as a function of the recipe and the step's number. */
import { createRandom } from '../../core/random.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { Tokenizer } from '../../model/text/index.js';
import {
  type ImageSample,
  type ImageSource,
  mixSources,
  openCutouts,
  openGameFrames,
  openScenes,
} from '../data/index.js';
import type { ClipRecipe } from './clip-recipe.js';
import type { ContrastiveBatch } from './contrastive-loss.js';

const GAMES = ['carracing', 'spaceinvaders'];

/** Opens the recipe's sources; games are played once if they have not been. */
export async function openCaptioned(recipe: ClipRecipe, signal?: AbortSignal): Promise<ImageSource> {
  const { images, seed, difficulty } = recipe;
  const side = recipe.vision.image_size;
  const chosen = signal ? { signal } : {};
  return mixSources(
    [
      { source: openScenes({ side, difficulty }), weight: images.scenes },
      ...(images.cutouts > 0 ? [{ source: await openCutouts({ side, seed }), weight: images.cutouts }] : []),
      ...(images.games > 0
        ? [{ source: await openGameFrames({ side, games: GAMES, ...chosen }), weight: images.games }]
        : []),
    ],
    seed,
  );
}

/** Texts and pictures on their way into the network. */
export interface ClipInput {
  readonly tokenizer: Tokenizer;
  readonly processing: ImageProcessing;
  /** Longest text, in tokens. */
  readonly context: number;
}

/** The batch of a step, counted from 0. */
export function batchOf(recipe: ClipRecipe, step: number, source: ImageSource, input: ClipInput): ContrastiveBatch {
  const samples = Array.from({ length: recipe.batch }, (_, i) => source.sample('train', step * recipe.batch + i));
  const whole = step >= recipe.whole_from * recipe.steps || recipe.visible === 1;
  return { ...encodeSamples(samples, input), kept: whole ? null : visibleTokens(recipe, step) };
}

/** Pictures and captions as numbers. */
export function encodeSamples(samples: readonly ImageSample[], input: ClipInput): Omit<ContrastiveBatch, 'kept'> {
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

/** Rows of the tokens that are looked at: of each picture the class token and as many patches, drawn by lot. */
function visibleTokens(recipe: ClipRecipe, step: number): Int32Array {
  const { image_size: side, patch_size: patch } = recipe.vision;
  const patches = Math.floor(side / patch) ** 2;
  const visible = Math.max(1, Math.round(patches * recipe.visible));
  const random = createRandom(recipe.seed, `visible patches ${step}`);
  const rows = new Int32Array(recipe.batch * (visible + 1));
  const order = Int32Array.from({ length: patches }, (_, i) => i + 1);
  for (let image = 0; image < recipe.batch; image++) {
    const first = image * (patches + 1);
    rows[image * (visible + 1)] = first;
    for (let i = 0; i < visible; i++) {
      const j = i + random.integer(patches - i);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
      rows[image * (visible + 1) + 1 + i] = first + (order[i] as number);
    }
  }
  return rows;
}
