/** Sets of referring expressions by name. */
import { AgentError } from '../../../core/errors.js';
import type { ReferringSet } from '../referring-set.js';
import { openCutoutExpressions } from './cutouts.js';
import { openGameExpressions } from './games.js';
import { openRefcoco } from './refcoco.js';
import { openSceneExpressions } from './scenes.js';

/** Sets that are drawn or played here; besides, the path of a `refs(…).p` file is one. */
export const SET_NAMES = ['scenes', 'cutouts', 'games'] as const;

export interface OpenSetOptions {
  /** Side of the pictures of sets that are drawn here. */
  readonly side: number;
  readonly seed: number;
  /** Folder of COCO's photographs, for a file of refs. */
  readonly images?: string | undefined;
}

/**
 * Rejects with `usage` where there is no such set or it lacks its pictures, and with whatever opening it meets.
 * @param name one of `SET_NAMES`, or the path of a file of refs.
 */
export async function openReferringSet(name: string, { side, seed, images }: OpenSetOptions): Promise<ReferringSet> {
  switch (name) {
    case 'scenes':
      return openSceneExpressions({ side });
    case 'cutouts':
      return openCutoutExpressions({ side, seed });
    case 'games':
      return openGameExpressions({ side });
    default:
      if (!name.endsWith('.p')) {
        throw new AgentError('usage', 'there is no such set of referring expressions', {
          expected: `one of ${SET_NAMES.join(', ')}, or the path of a refs(…).p file`,
          got: name,
        });
      }
      if (images === undefined) {
        throw new AgentError('usage', 'the folder of the photographs is missing', {
          expected: "COCO's train2014",
          where: name,
          next: 'name it with --images',
        });
      }
      return openRefcoco({ refs: name, images });
  }
}
