/** Cut-outs of real objects on photographs: two or three things, told apart by their names. */
import type { Frame } from '../../../core/nd-array.js';
import { createRandom, type Random } from '../../../core/random.js';
import { type Cutout, openPhotographs, pasteOn, readCutouts, SPLITS } from '../../pictures/index.js';
import { asSplit, type Referring, type ReferringSet } from '../referring-set.js';

/** Fewer visible pixels than this part of the picture are not asked for. */
const LEAST_VISIBLE = 0.01;
const TRIES = 50;

export interface CutoutExpressionOptions {
  readonly side: number;
  readonly seed: number;
  /** Where photographs and cut-outs are. */
  readonly installed?: string;
}

/** A set of size 0 where no cut-outs are installed. Rejects with `setup` where photographs are missing. */
export async function openCutoutExpressions(options: CutoutExpressionOptions): Promise<ReferringSet> {
  const { side, seed, installed } = options;
  const photographs = await openPhotographs({ side, seed, ...(installed === undefined ? {} : { installed }) });
  const cutouts = await readCutouts(installed);
  return {
    name: 'cutouts',
    splits: SPLITS,
    size: (split) => (cutouts[asSplit(split)].length < 2 ? 0 : Number.POSITIVE_INFINITY),
    at: async (given, index): Promise<Referring> => {
      const split = asSplit(given);
      for (let tried = 0; tried < TRIES; tried++) {
        const random = createRandom(seed + TRIES * index + tried, `expression of cut-outs ${split}`);
        const photograph = photographs.sample(split, index);
        const made = lay(drawThings(cutouts[split], random), photograph.image, side, random);
        if (made) return { ...made, origin: `cut-outs ${index} on ${photograph.origin}` };
      }
      throw new RangeError(`no cut-outs near ${index} of ${split} can be told apart`);
    },
  };
}

/** Two or three with different names. */
function drawThings(cutouts: readonly Cutout[], random: Random): Cutout[] {
  const count = 2 + random.integer(2);
  const things = new Map<string, Cutout>();
  while (things.size < Math.min(count, cutouts.length)) {
    const cutout = random.pick(cutouts);
    things.set(cutout.caption, cutout);
  }
  return [...things.values()];
}

/** The picture, and what is asked for in it; undefined where too little of that can be seen. */
function lay(
  things: readonly Cutout[],
  background: Frame,
  side: number,
  random: Random,
): Omit<Referring, 'origin'> | undefined {
  const data = Uint8Array.from(background.data);
  const owners = new Uint8Array(side * side);
  for (const [i, thing] of things.entries()) {
    for (const pixel of pasteOn({ data, side }, thing, 0.25 + 0.35 * random.next(), random)) owners[pixel] = i + 1;
  }
  const asked = random.integer(things.length);
  const mask = owners.map((owner) => (owner === asked + 1 ? 1 : 0));
  if (mask.reduce((sum, value) => sum + value, 0) < LEAST_VISIBLE * side * side) return undefined;
  const size = { height: side, width: side };
  return {
    image: { dtype: 'uint8', shape: [side, side, 3], data },
    expression: (things[asked] as Cutout).caption.replace(/^an? /, 'the '),
    mask: { ...size, data: mask },
    others: { ...size, data: owners.map((owner) => (owner !== 0 && owner !== asked + 1 ? 1 : 0)) },
  };
}
