/** A network of a few thousand numbers that was taught the mask of one expression, and nothing else. */
import { join } from 'node:path';
import type { Frame } from '../../../src/core/index.js';
import { createRandom } from '../../../src/core/random.js';
import {
  type ReferringSet,
  type SegmentationRecipe,
  trainSegmentation,
} from '../../../src/training/segmentation/index.js';
import { stepBatches } from '../../../src/training/segmentation/step-batches.js';
import { openSegmentationTools } from '../../../src/training/segmentation/tools.js';
import { makeTinyStart } from '../../training/pvp/tiny-run.js';
import { tinySegmentation } from '../../training/segmentation/tiny.js';

/** Of the square of 24 pixels that the network sees; both ends inside. */
export const TAUGHT_BOX = { top: 14, left: 9, bottom: 19, right: 13 } as const;
export const TAUGHT_SIDE = 24;
export const TAUGHT_WORDS = 'the red car';

const recipe: SegmentationRecipe = {
  ...tinySegmentation,
  ...{ steps: 200, pictures: 4, queries: 24, boxes: 0.5 },
  optimizer: { peak: 0.02, warmup: 5, floor: 0.1, weight_decay: 0 },
  validation: { every: 1000, expressions: 1 },
};

/** Trains it in `folder`, in a few seconds. Resolves with the checkpoint's folder. */
export async function taughtMasks(folder: string): Promise<string> {
  const init = join(folder, 'start');
  await makeTinyStart(init);
  const tools = { ...(await openSegmentationTools(recipe, init)), sets: [{ set: oneExpression(), weight: 1 }] };
  const batches = {
    next: (step: number) => stepBatches(recipe, step, tools),
    [Symbol.asyncDispose]: async () => {},
  };
  return (await trainSegmentation({ recipe, folder: join(folder, 'run'), init, batches })).model;
}

function oneExpression(): ReferringSet {
  const { top, left, bottom, right } = TAUGHT_BOX;
  const side = TAUGHT_SIDE;
  const data = new Uint8Array(side * side);
  for (let y = top; y <= bottom; y++) data.fill(1, y * side + left, y * side + right + 1);
  const mask = { width: side, height: side, data };
  const at = async (_split: string, index: number) => ({
    ...{ image: anyPicture(index), mask, others: null, expression: TAUGHT_WORDS, origin: 'drawn' },
  });
  return { name: 'one', splits: ['train'], size: () => Number.POSITIVE_INFINITY, at };
}

/** One colour above another, so that the network learns to say the same of whatever it sees. */
function anyPicture(index: number): Frame {
  const random = createRandom(index, 'picture');
  const side = TAUGHT_SIDE;
  const colours = Array.from({ length: 6 }, () => Math.floor(256 * random.next()));
  const edge = Math.floor(side * random.next());
  const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => {
    const isBelow = at >= edge * side * 3;
    return colours[(at % 3) + (isBelow ? 3 : 0)] as number;
  });
  return { dtype: 'uint8', shape: [side, side, 3], data };
}
