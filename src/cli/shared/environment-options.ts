/**
 * `--env ID` and how it is made, for every command that plays: a game out of a Gymnasium environment that has no file.
 * What was asked for can be written down in one line, and read again when an evaluation goes on.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import type { EmulatorSettings, Game } from '../../agent/index.js';
import { AgentError, type EnvSpec, type JsonObject } from '../../core/index.js';
import type { Emulators } from '../../env-bridge/index.js';
import { wholeNumber } from './arguments.js';
import { type EmulatorOptions, openEmulators } from './emulator-options.js';

const environmentSchema = z.strictObject({
  env: z.string().min(1),
  kwargs: z.record(z.string(), z.json()).exactOptional(),
  observation: z.enum(['native', 'render']).exactOptional(),
  frameSkip: z.int().min(1).max(1000).exactOptional(),
});

export interface EnvironmentOptions {
  readonly env?: string | undefined;
  readonly kwargs?: JsonObject | undefined;
  readonly observation?: 'native' | 'render' | undefined;
  readonly frameSkip?: number | undefined;
}

export function addEnvironmentOptions(command: Command): Command {
  return command
    .option('--env <id>', 'any Gymnasium id, also MODULE:ID, instead of --game')
    .option('--kwargs <json>', 'with --env: arguments of gymnasium.make, such as \'{"map_name": "8x8"}\'', jsonObject)
    .addOption(
      new Option(
        '--observation <which>',
        "with --env: the environment's own (native), or its rendered picture",
      ).choices(['native', 'render']),
    )
    .option('--frame-skip <n>', 'with --env: emulator frames a decision', wholeNumber(1, 1000));
}

function jsonObject(text: string): JsonObject {
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(text)) as JsonObject;
  } catch {
    throw new InvalidArgumentError('expected a JSON object, such as \'{"is_slippery": false}\'');
  }
}

/** Throws `usage` for options that belong to `--env` without it, and for `--env` beside a game. */
export function checkEnvironmentOptions(options: EnvironmentOptions, game: unknown): void {
  const { env, kwargs, observation, frameSkip } = options;
  if (env !== undefined && game !== undefined) {
    throw new AgentError('usage', 'a game or an environment, not both', { expected: '--game NAME or --env ID' });
  }
  const extra = Object.entries({ '--kwargs': kwargs, '--observation': observation, '--frame-skip': frameSkip });
  const [first] = extra.filter(([, value]) => value !== undefined).map(([flag]) => flag);
  if (env !== undefined || first === undefined) return;
  throw new AgentError('usage', `${first} is for an environment without a file`, {
    expected: `--env ID with ${first}`,
    next: 'a game says it in its YAML, under emulator: docs/games.md',
  });
}

/**
 * The game as one word that `openGame` takes again: a game's name, or the environment and how it is made as JSON.
 * An environment that nothing is said of, and that a shipped game plays, is that game.
 */
export async function writtenGame(options: EnvironmentOptions & { readonly game?: string }): Promise<string> {
  const { game, env = '', kwargs, observation, frameSkip } = options;
  if (game !== undefined) return game;
  const settings = { kwargs, observation, frameSkip };
  const said = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const { findGameOf } = await import('../../agent/index.js');
  const shipped = Object.keys(said).length === 0 ? findGameOf(env) : undefined;
  return shipped?.name ?? JSON.stringify({ env, ...said });
}

/** A shipped game, or how the environment is made that was written down. Throws `unknown_game`, `config` or `record`. */
export async function readGame(written: string): Promise<Game | EmulatorSettings> {
  const { defaultEmulator, loadGame } = await import('../../agent/index.js');
  if (!written.startsWith('{')) return loadGame(written);
  const { env, kwargs, ...settings } = parseEnvironment(written);
  const usual = defaultEmulator(env);
  return { ...usual, ...settings, kwargs: { ...usual.kwargs, ...(kwargs as JsonObject | undefined) } };
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

/** The game that was written down; an environment is made once to see its actions, and closed again. */
export async function openGame(written: string, options: EmulatorOptions, signal: AbortSignal): Promise<Game> {
  const described = await readGame(written);
  if (isGame(described)) return described;
  const { gameForEnv } = await import('../../agent/index.js');
  await using emulators = await openEmulators(options, { signal });
  return gameForEnv(await specOf(described, emulators, signal), described);
}

/** What an environment is once it is made. */
export async function specOf(
  { env, ...settings }: EmulatorSettings,
  emulators: Emulators,
  signal: AbortSignal,
): Promise<EnvSpec> {
  const { makeEnv } = await import('../../env-bridge/index.js');
  await using made = await makeEnv(env, { ...settings, emulators, signal });
  return made.spec;
}
