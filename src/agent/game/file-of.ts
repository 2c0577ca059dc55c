/** Which file a game was read from: what an emulator finds wrong in its settings is told of the file's own fields. */
import { AgentError, type ErrorCode, isAgentError } from '../../core/index.js';
import { placeOf } from '../../core/yaml-config.js';
import type { EmulatorSettings } from './game.js';

interface GameFile {
  /** As errors call it. */
  readonly file: string;
  readonly text: string;
}

/** By the settings themselves, which a game that is played in other ways shares; a record holds nothing of this. */
const files = new WeakMap<EmulatorSettings, GameFile>();
/** What can be the settings' own fault. */
const OF_SETTINGS: ReadonlySet<ErrorCode> = new Set(['usage', 'unknown_env', 'unsupported_env', 'env_failure']);
const NOT_VALID = /^field `.*` is not valid$/;

export function rememberFile(emulator: EmulatorSettings, file: GameFile): void {
  files.set(emulator, file);
}

/**
 * Makes an environment with a game's settings. Rejects with what making it meets; of settings that were read from a
 * file with its line and field, and with `config` where the emulator does not take a value.
 */
export async function tellingItsFile<T>(emulator: EmulatorSettings, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const file = files.get(emulator);
    if (file === undefined || !isAgentError(error) || !OF_SETTINGS.has(error.code)) throw error;
    throw toldOf(file, emulator, error);
  }
}

function toldOf({ file, text }: GameFile, { actions }: EmulatorSettings, error: AgentError): AgentError {
  const { where, expected, got, next } = error.details;
  const index = Number(/^actions\[(\d+)\]$/.exec(where ?? '')?.[1] ?? Number.NaN);
  const row = actions?.[index];
  // A discrete action is a number in the file, and a list of one for the emulator.
  const isNumber = row !== undefined && expected?.startsWith('an integer') === true;
  const name = isNumber ? 'number' : 'vector';
  const path = row === undefined ? ['emulator', ...fieldsIn(where)] : ['actions', index, name];
  const field = row === undefined ? path.join('.') : `actions[${index}].${name}`;
  const summary = error.summary.replace(NOT_VALID, `${field}: this value does not fit`);
  const value = isNumber ? String(row[0]) : got;
  return new AgentError(error.code === 'usage' ? 'config' : error.code, summary, {
    ...error.details,
    ...(value === undefined ? {} : { got: value }),
    where: placeOf(text, file, path),
    next: next ?? 'correct the file; its fields are explained in docs/games.md',
    cause: error,
  });
}

/** The emulator calls its fields as the file does, `kwargs.NAME` included. */
const fieldsIn = (where: string | undefined): string[] =>
  where !== undefined && /^[\w.]+$/.test(where) ? where.split('.') : [];
