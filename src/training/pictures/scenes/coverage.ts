/** Which patches of a picture an object lies in. */
import type { DrawnScene } from './draw-scene.js';

/** An object that can be seen, and where. */
export interface Coverage {
  /** Index in the scene's objects. */
  readonly object: number;
  /** Its visible pixels. */
  readonly visible: number;
  /** The same by number of the patch, row after row; patches without one are left out. */
  readonly pixels: ReadonlyMap<number, number>;
}

/** Less than this part of the picture is too little to be recognised. */
const LEAST_VISIBLE = 0.004;

/** The objects of a scene of which enough is visible. Pixels beyond the last whole patch are in none. */
export function coverageOf({ scene, image, owners }: DrawnScene, patch: number): Coverage[] {
  const [side] = image.shape as [number];
  const grid = Math.floor(side / patch);
  const patchesOf = scene.objects.map(() => new Map<number, number>());
  for (let y = 0; y < grid * patch; y++) {
    for (let x = 0; x < grid * patch; x++) {
      const patches = patchesOf[(owners[y * side + x] as number) - 1];
      const at = Math.floor(y / patch) * grid + Math.floor(x / patch);
      patches?.set(at, (patches.get(at) ?? 0) + 1);
    }
  }
  return patchesOf.flatMap((pixels, object) => {
    const visible = [...pixels.values()].reduce((sum, value) => sum + value, 0);
    return visible < LEAST_VISIBLE * side * side ? [] : [{ object, visible, pixels }];
  });
}
