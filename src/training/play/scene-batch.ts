/**
 * Lessons for the projector alone: what stands in each patch, and where, in values of its output that stand for it. The decoder
 * is spared, so that thousands of pictures are learnt from in the time of some hundred decisions; and what is small and rare is
 * told in every picture that shows it, while an answer tells only what matters just then. Everything may change later.
 */
import { AgentError } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { Place, Things } from '../../expert/teacher/index.js';
import type { ImageProcessing } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch } from '../../model/training/index.js';
import { CODE } from '../model-start/code-layout.js';
import { newestPictures } from './bare-batch.js';
import type { Sample } from './draw-sample.js';
import type { TaughtDecision } from './lessons.js';

/** Wavelengths, in parts of the picture's width and height, of the waves that the place of a patch is told by. */
const WAVES = { x: [2, 1, 1 / 2, 1 / 4], y: [2, 1, 1 / 2] };
const PLACE_SIZE = 2 * (WAVES.x.length + WAVES.y.length);
/** A mark, how far beside the patch's middle the thing is, and the square of that. */
const THING_SIZE = 3;
/** How strongly all this stands in the projector's output. */
const STRENGTH = 2;
interface Kind {
  readonly placesOf: (things: Things) => readonly Place[];
  /** What a deviation counts. */
  readonly weight: number;
  /** Told from here on, in parts of the picture's height. */
  readonly from: number;
}

/** In the order of their codes. Bombs are small, and few; high up they do not matter yet, and look different before invaders. */
const KINDS: readonly Kind[] = [
  { placesOf: ({ cannon }) => (cannon ? [cannon] : []), weight: 1, from: 0 },
  { placesOf: ({ bombs }) => bombs, weight: 3, from: 2 / 3 },
  { placesOf: ({ invaders }) => invaders, weight: 1, from: 0 },
];
/** Of the place, which is learnt soon and holds everywhere. */
const PLACE_WEIGHT = 0.5;
/** Everything lies where the content of patches has lain, which no text uses: the patch's place, then a code for each kind. */
export const SCENE = {
  start: CODE.content.start,
  placeSize: PLACE_SIZE,
  kinds: KINDS.length,
  thingSize: THING_SIZE,
  strength: STRENGTH,
};

interface Size {
  readonly height: number;
  readonly width: number;
}

export interface SceneDecision {
  readonly sample: Sample<Dataset>;
  readonly taught: Pick<TaughtDecision, 'things'>;
}

export function sceneBatch(
  decisions: readonly SceneDecision[],
  { model, processing }: { readonly model: VisionLanguageModel; readonly processing: ImageProcessing },
): TrainingBatch {
  const { tokensPerImage } = model.network.image;
  const size = model.config.text.hiddenSize;
  requireRoom(size);
  const grid = Math.sqrt(tokensPerImage);
  const values = new Float32Array(decisions.length * tokensPerImage * size);
  decisions.forEach(({ sample, taught }, picture) => {
    const first = picture * tokensPerImage;
    writeScene(taught.things, sample.dataset.frameShape, grid, (patch, at, value) => {
      values[(first + patch) * size + SCENE.start + at] = STRENGTH * value;
    });
  });
  const weights = new Float32Array(size);
  weights.fill(PLACE_WEIGHT, SCENE.start, SCENE.start + PLACE_SIZE);
  KINDS.forEach(({ weight }, kind) => {
    const from = SCENE.start + PLACE_SIZE + kind * THING_SIZE;
    weights.fill(weight, from, from + THING_SIZE);
  });
  const pixels = newestPictures(
    decisions.map(({ sample }) => sample),
    processing,
  );
  return { rows: [], pixels, features: { values, weights } };
}

function requireRoom(size: number): void {
  const needed = SCENE.start + PLACE_SIZE + KINDS.length * THING_SIZE;
  if (size >= needed) return;
  throw new AgentError('usage', 'the network is too small to be taught what stands in patches', {
    expected: `a hidden size of ${needed} or more`,
    got: String(size),
    next: 'take a larger one, or a recipe without `from: patches`',
  });
}

/** Calls `write` for every value of a scene's code that is not 0. @param grid patches a side. */
function writeScene(
  things: Things,
  { height, width }: Size,
  grid: number,
  write: (patch: number, at: number, value: number) => void,
): void {
  for (let patch = 0; patch < grid * grid; patch++) {
    placeCode((patch % grid) + 0.5, Math.floor(patch / grid) + 0.5, grid).forEach((value, at) => {
      write(patch, at, value);
    });
  }
  KINDS.forEach(({ placesOf, from }, kind) => {
    const told = placesOf(things).filter(({ y }) => y >= from * height);
    // Of two in one patch the lower one is told: it is nearer.
    for (const { x, y } of told.toSorted((a, b) => a.y - b.y)) {
      const [column, row] = [(x / width) * grid, (y / height) * grid];
      const beside = 2 * (column - Math.floor(column)) - 1;
      [1, beside, beside * beside].forEach((value, i) => {
        write(Math.floor(row) * grid + Math.floor(column), PLACE_SIZE + kind * THING_SIZE + i, value);
      });
    }
  });
}

/** Cosine and sine of each wave at a place, given in patches of a grid with `grid` of them a side. */
export function placeCode(column: number, row: number, grid: number): number[] {
  const turns = [...WAVES.x.map((wave) => column / grid / wave), ...WAVES.y.map((wave) => row / grid / wave)];
  return turns.flatMap((turn) => [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)]);
}
