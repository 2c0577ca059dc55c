/** Frames of games that are asked about, with what the emulators know of them: see scripts/make-eyetest-frames.py. */
import { join } from 'node:path';
import { z } from 'zod';
import { type Frame, readText } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import { readFrames } from '../../training/pictures/games/frame-file.js';

const FOLDER = join(projectPaths.configs, 'eyetest');

const known = z.object({ seed: z.int(), step: z.int() });
const invaders = known.extend({ cannon: z.number(), bomb: z.number() });
const road = known.extend({ row: z.number(), left: z.number(), right: z.number() });
const schemas = { spaceinvaders: invaders, carracing: road };

export type FilmedGame = keyof typeof schemas;

export interface GameFrame<G extends FilmedGame> {
  readonly game: G;
  /** In the emulator's own size. */
  readonly frame: Frame;
  /** Columns and rows in pixels of that size, from 0 at the top left. */
  readonly known: z.infer<(typeof schemas)[G]>;
}

export async function readGameFrames<G extends FilmedGame>(game: G): Promise<readonly GameFrame<G>[]> {
  const frames = await readFrames(join(FOLDER, `${game}.png`));
  const { frames: told } = JSON.parse(await readText(join(FOLDER, `${game}.json`))) as { frames: unknown[] };
  return frames.map((frame, i) => ({ game, frame, known: schemas[game].parse(told[i]) as GameFrame<G>['known'] }));
}
