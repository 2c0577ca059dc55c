/** Frames of both games; what is where follows from the emulators' palettes. */
import { createRandom } from '../../../core/random.js';
import { type Mask, resizeMask } from '../../masks/mask.js';
import { type GameFrameOptions, openGameFrames, SPLITS } from '../../pictures/index.js';
import { asSplit, type Referring, type ReferringSet } from '../referring-set.js';
import { carRacingThings } from './carracing-things.js';
import { spaceInvadersThings } from './spaceinvaders-things.js';

/** The things that can be asked for in a frame, by the words for them; what is not to be seen is left out. */
export type ThingsOf = (frame: GameFrame) => ReadonlyMap<string, Mask>;
type GameFrame = Parameters<typeof carRacingThings>[0];

const THINGS: Readonly<Record<string, ThingsOf>> = {
  carracing: carRacingThings,
  spaceinvaders: spaceInvadersThings,
};

/** Rejects as `openGameFrames`. */
export async function openGameExpressions(options: Omit<GameFrameOptions, 'games'>): Promise<ReferringSet> {
  const frames = await openGameFrames({ ...options, games: Object.keys(THINGS) });
  const { side } = options;
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
        return { image, expression, origin, mask: resizeMask(mask, side, side), others: joined(others, mask, side) };
      }
      throw new RangeError(`no frame of ${split} shows anything to ask for`);
    },
  };
}

/** What belongs to at least one of the masks and not to `mask`. */
function joined(masks: readonly Mask[], mask: Mask, side: number): Mask {
  const data = mask.data.map((own, i) => (own === 0 && masks.some((other) => other.data[i] === 1) ? 1 : 0));
  return resizeMask({ ...mask, data }, side, side);
}
