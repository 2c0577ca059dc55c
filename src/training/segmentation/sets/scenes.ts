/** Drawn scenes, in which everything is known. */
import { createRandom } from '../../../core/random.js';
import { openScenes, referencesOf, SPLITS } from '../../pictures/index.js';
import { asSplit, type Referring, type ReferringSet } from '../referring-set.js';

/** Scenes that are looked at until one has something to refer to. */
const TRIES = 1000;
/** Indices of different expressions are so far apart that the scenes tried for one are not those of the next. */
const APART = 8;

export function openSceneExpressions({ side }: { readonly side: number }): ReferringSet {
  const scenes = openScenes({ side, difficulty: [0, 1] });
  return {
    name: 'scenes',
    splits: SPLITS,
    size: () => Number.POSITIVE_INFINITY,
    at: async (given, index): Promise<Referring> => {
      const split = asSplit(given);
      for (let tried = 0; tried < TRIES; tried++) {
        const { image, origin, drawn } = scenes.sample(split, APART * index + tried);
        if (!drawn) continue;
        const random = createRandom(index, `expression of a scene ${split}`);
        const references = referencesOf(drawn, random);
        if (references.length === 0) continue;
        const { expression, object, mask } = random.pick(references);
        const others = drawn.owners.map((owner) => (owner !== 0 && owner !== object + 1 ? 1 : 0));
        const size = { height: side, width: side };
        return { image, expression, origin, mask: { ...size, data: mask }, others: { ...size, data: others } };
      }
      throw new RangeError(`no scene near ${index} of ${split} has anything to refer to`);
    },
  };
}
