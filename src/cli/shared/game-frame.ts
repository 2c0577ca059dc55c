/** One frame of a game, for commands that look at pictures rather than play. */
import type { Frame } from '../../core/index.js';
import { createRandom } from '../../core/random.js';

export interface GameFrameOptions {
  /** A name of `agent games`, or the path of a YAML file. */
  readonly game: string;
  readonly seed: number;
  /** Decisions before the frame; an episode that ends earlier gives its last frame. */
  readonly step: number;
  readonly signal: AbortSignal;
}

/** The newest picture after `step` random decisions. Rejects with an `AgentError` of the game or the emulator. */
export async function frameOfGame({ game: name, seed, step, signal }: GameFrameOptions): Promise<Frame> {
  const { loadGame, tellingItsFile } = await import('../../agent/index.js');
  const { makeEnv, startEmulators } = await import('../../env-bridge/index.js');
  const game = loadGame(name);
  const { env: id, ...settings } = game.emulator;
  await using emulators = await startEmulators({ signal });
  await using env = await tellingItsFile(game.emulator, () => makeEnv(id, { ...settings, emulators, signal }));
  const random = createRandom(seed, 'frame of a game');
  let now = await env.reset({ seed, signal });
  for (let i = 0; i < step && (now.kind === 'first' || now.kind === 'mid'); i++) {
    now = await env.step(random.integer(game.actions.length), { signal });
  }
  return now.observation as Frame;
}
