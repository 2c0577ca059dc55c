/** What a start that knows things has the projector say of every patch of a drawn scene. */
import type { DrawnScene, SceneObject } from '../../pictures/index.js';
import { coverageOf } from '../../pictures/scenes/coverage.js';
import { PLACES } from '../../vocabulary/split.js';
import { ATTRIBUTE_WORDS, DENSITY, EDGE, EDGE_SIZE, edgeCode, THING, THINGS } from './layout.js';

/** A thing that covers this part of a patch is told in full; one that covers less, in proportion. */
const FULL = 0.4;

/** Writes the things of a picture into its patches' states. @param told [patches · size]. @param patch in pixels. */
export function tellThings(drawn: DrawnScene, patch: number, told: Float32Array, size: number): void {
  const [side] = drawn.image.shape as [number];
  const grid = Math.floor(side / patch);
  const owner = new Map<number, { object: number; pixels: number }>();
  for (const { object, pixels } of coverageOf(drawn, patch)) {
    for (const [at, count] of pixels) {
      if (count > (owner.get(at)?.pixels ?? 0)) owner.set(at, { object, pixels: count });
    }
  }
  const share = (pixels: number): number => Math.min(1, pixels / (FULL * patch * patch));
  const patchesOf = new Map<number, number>();
  for (const { object, pixels } of owner.values()) {
    patchesOf.set(object, (patchesOf.get(object) ?? 0) + share(pixels));
  }
  for (const [at, { object, pixels }] of owner) {
    if (at >= grid * grid) continue;
    const state = told.subarray(at * size, (at + 1) * size);
    const part = share(pixels);
    for (const word of wordsOf(drawn.scene.objects[object] as SceneObject)) {
      state[THINGS.things.start + ATTRIBUTE_WORDS.indexOf(word)] = part * THING;
    }
    const box = drawn.boxes[object] ?? [0, 0, 0, 0];
    for (const [edge, pixel] of box.entries()) {
      const code = edgeCode((pixel * PLACES) / side).map((value) => value * EDGE * part);
      state.set(code, THINGS.box.start + edge * EDGE_SIZE);
    }
    state[THINGS.density.start] = (part * DENSITY) / (patchesOf.get(object) ?? 1);
  }
}

/** What a deviation of 1 in each value counts, written beside that of the content. */
export function weighThings(weights: Float32Array): void {
  const { things, box, density } = THINGS;
  weights.fill(2 / THING, things.start, things.start + things.size);
  weights.fill(1 / EDGE, box.start, box.start + box.size);
  weights.fill(4 / DENSITY, density.start, density.start + 1);
}

/** The words that fit an object. */
function wordsOf({ colour, shape, size, pattern }: SceneObject): string[] {
  return [colour, shape, size, pattern];
}
