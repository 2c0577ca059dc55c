/** The held-out pictures that pixels are asked of: photographs, drawn scenes and frames of games. */
import { existsSync } from 'node:fs';
import { createRandom, type Frame } from '../../core/index.js';
import { resize } from '../../model/image/index.js';
import { type ImageSource, openPhotographs, openScenes } from '../../training/pictures/index.js';
import { pathOf, readPhotographList } from '../../training/pictures/photographs/photograph-list.js';
import { readGameFrames } from './game-frames.js';
import type { NumberPlan } from './number-test.js';

export interface PixelPictures {
  readonly name: 'photographs' | 'scenes' | 'games';
  readonly measures: string;
  isThere(): boolean;
  /** Square pictures of the plan's size, another for each question as far as there are others. */
  open(plan: NumberPlan): Promise<{ pictureAt(trial: number): Shown }>;
}

export interface Shown {
  readonly frame: Frame;
  /** A file, a seed, a step. */
  readonly origin: string;
}

function heldOutOf(source: ImageSource, index: number): Shown {
  const { image: frame, origin } = source.sample('test', index);
  return { frame, origin };
}

/** Scenes that the seed chooses from. */
const SCENES = 1_000_000;

const photographs: PixelPictures = {
  name: 'photographs',
  measures: 'photographs',
  isThere: () => heldOut().files.every((file) => existsSync(pathOf(file))),
  open: async ({ side, seed }) => {
    const source = await openPhotographs({ side, seed: 0, list: heldOut() });
    const first = createRandom(seed, 'eye test photographs').integer(source.size('test'));
    return { pictureAt: (trial) => heldOutOf(source, first + trial) };
  },
};

const scenes: PixelPictures = {
  name: 'scenes',
  measures: 'drawn scenes',
  isThere: () => true,
  open: async ({ side, seed }) => {
    const source = openScenes({ side, difficulty: [0, 1] });
    const first = createRandom(seed, 'eye test scenes').integer(SCENES);
    return { pictureAt: (trial) => heldOutOf(source, first + trial) };
  },
};

const games: PixelPictures = {
  name: 'games',
  measures: 'frames of games',
  isThere: () => true,
  open: async ({ side, seed }) => {
    const [invaders, road] = [await readGameFrames('spaceinvaders'), await readGameFrames('carracing')];
    const frames = invaders.flatMap((frame, i) => [frame, road[i] as (typeof road)[number]]);
    const first = createRandom(seed, 'eye test games').integer(frames.length);
    return {
      pictureAt: (trial) => {
        const { game, frame, known } = frames[(first + trial) % frames.length] as (typeof frames)[number];
        const origin = `${game} seed ${known.seed} step ${known.step}`;
        return { frame: resize(frame, side, side, 'bicubic'), origin };
      },
    };
  },
};

/** The whole photographs that no model is trained on. */
function heldOut() {
  const list = readPhotographList();
  return { ...list, files: list.files.filter(({ use, cutout }) => use === 'test' && !cutout) };
}

export const pixelPictures: readonly PixelPictures[] = [photographs, scenes, games];
