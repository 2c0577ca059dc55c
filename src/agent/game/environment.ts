/**
 * A game out of a Gymnasium environment that has no file, and how it is made. What was asked for can be written down in
 * one line, and read again when an evaluation goes on.
 */
import { z } from 'zod';
import { AgentError, type EnvSpec, type JsonObject } from '../../core/index.js';
import { jsonFields } from '../../core/json-fields.js';
import { type Emulators, makeEnv } from '../../env-bridge/index.js';
import { tellingItsFile } from './file-of.js';
import { defaultEmulator, gameForEnv } from './for-env.js';
import type { EmulatorSettings, Game } from './game.js';
import { findGameOf, loadGame } from './load.js';

const environmentSchema = z.strictObject({
  env: z.string().min(1),
  kwargs: jsonFields.exactOptional(),
  observation: z.enum(['native', 'render']).exactOptional(),
  frameSkip: z.int().min(1).max(1000).exactOptional(),
});

/** An environment by its Gymnasium id, also `MODULE:ID`, and what is said of it. */
export interface EnvironmentOptions {
  readonly env?: string | undefined;
  /** Arguments of `gymnasium.make`. */
  readonly kwargs?: JsonObject | undefined;
  readonly observation?: 'native' | 'render' | undefined;
  /** Emulator frames a decision. */
  readonly frameSkip?: number | undefined;
}

/**
 * The game as one word that `openGame` takes again: a game's name, or the environment and how it is made as JSON.
 * An environment that nothing is said of, and that a shipped game plays, is that game.
 */
export function writtenGame(options: EnvironmentOptions & { readonly game?: string | undefined }): string {
  const { game, env = '', kwargs, observation, frameSkip } = options;
  if (game !== undefined) return game;
  const settings = { kwargs, observation, frameSkip };
  const said = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const shipped = Object.keys(said).length === 0 ? findGameOf(env) : undefined;
  return shipped?.name ?? JSON.stringify({ env, ...said });
}

/**
 * A shipped game, or how the environment is made that was written down. Throws `unknown_game`, `config` or `record`.
 */
export function readGame(written: string): Game | EmulatorSettings {
  if (!written.startsWith('{')) return loadGame(written);
  const { env, kwargs, ...settings } = parseEnvironment(written);
  const usual = defaultEmulator(env);
  return { ...usual, ...settings, kwargs: { ...usual.kwargs, ...kwargs } };
}

function parseEnvironment(written: string): z.output<typeof environmentSchema> {
  try {
    return environmentSchema.parse(JSON.parse(written));
  } catch {
    throw new AgentError('record', 'the environment that was asked for cannot be read', {
      expected: 'JSON with env, and kwargs, observation or frameSkip',
      got: written.slice(0, 200),
    });
  }
}

export const isGame = (described: Game | EmulatorSettings): described is Game => 'emulator' in described;

/**
 * The game that was written down. An environment is made once to see its actions, and closed again; only for that are
 * emulators opened.
 */
export async function openGame(
  written: string,
  openEmulators: (signal: AbortSignal) => Promise<Emulators>,
  signal: AbortSignal,
): Promise<Game> {
  const described = readGame(written);
  if (isGame(described)) return described;
  await using emulators = await openEmulators(signal);
  return gameForEnv(await specOf(described, emulators, signal), described);
}

/** What an environment is once it is made. */
export async function specOf(emulator: EmulatorSettings, emulators: Emulators, signal: AbortSignal): Promise<EnvSpec> {
  const { env, ...settings } = emulator;
  await using made = await tellingItsFile(emulator, () => makeEnv(env, { ...settings, emulators, signal }));
  return made.spec;
}
