/** Frames of both games; what is where follows from the emulators' palettes. */
import type { Frame } from '../../../core/nd-array.js';
import { createRandom } from '../../../core/random.js';
import { type Mask, outsideOf, resizeMask } from '../../masks/mask.js';
import { type GameFrameOptions, openGameFrames, SPLITS } from '../../pictures/index.js';
import { asSplit, type Referring, type ReferringSet } from '../referring-set.js';
import { carRacingThings } from './carracing-things.js';
import { spaceInvadersThings } from './spaceinvaders-things.js';

/** By game: what can be asked for in a frame, by the words for it; what is not to be seen is left out. */
const THINGS: Readonly<Record<string, (frame: Frame) => ReadonlyMap<string, Mask>>> = {
  carracing: carRacingThings,
  spaceinvaders: spaceInvadersThings,
};

/** Rejects as `openGameFrames`. */
export async function openGameExpressions(options: Omit<GameFrameOptions, 'games'>): Promise<ReferringSet> {
  const frames = await openGameFrames({ ...options, games: Object.keys(THINGS) });
  const { side } = options;
  const seen = (mask: Mask): Mask => resizeMask(mask, side, side);
  return {
    name: 'games',
    splits: SPLITS,
    size: (split) => frames.size(asSplit(split)),
    at: async (given, index): Promise<Referring> => {
      const split = asSplit(given);
      // A frame that shows none of the things passes the question on to the next.
      for (let tried = 0; tried < frames.size(split); tried++) {
        const { image, origin, screen } = frames.sample(split, index + tried);
        const things = screen ? [...(THINGS[screen.game]?.(screen.frame) ?? [])] : [];
        if (things.length === 0) continue;
        const random = createRandom(index, `expression of a frame ${split}`);
        const [expression, mask] = random.pick(things);
        const others = things.filter(([words]) => words !== expression).map(([, other]) => other);
        return { image, expression, origin, mask: seen(mask), others: seen(outsideOf(mask, others)) };
      }
      throw new RangeError(`no frame of ${split} shows anything to ask for`);
    },
  };
}
