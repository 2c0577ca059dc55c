/** Pictures for tests. */
import { createRandom, type Frame } from '../../../src/core/index.js';
import type { FrameShape } from '../../../src/datasets/index.js';

/** Flat areas and noise, as games and photographs are. */
export function randomFrame({ height, width, channels }: FrameShape, seed: number): Frame {
  const random = createRandom(seed, 'test frame');
  const isNoise = random.next() < 0.5;
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) =>
    isNoise ? random.integer(256) : (Math.floor(i / 7) * 31 + seed) % 256,
  );
  return { dtype: 'uint8', shape: [height, width, channels], data };
}
