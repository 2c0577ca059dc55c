/** The small files of a checkpoint folder, as text and JSON. */
import { basename } from 'node:path';
import { AgentError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import { readText } from '../core/read-file.js';
import { inWords } from '../core/system-error.js';

/** The largest published tokenizer.json have some 35 MB. */
const MAX_BYTES = 256 * 2 ** 20;

/**
 * The text of a file.
 * @returns undefined where there is none.
 * Rejects with `checkpoint` where it is no file, too large or not readable.
 */
export async function readCheckpointText(path: string): Promise<string | undefined> {
  try {
    return await readText(path, { maxBytes: MAX_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, cause);
  }
}

/** The same as a JSON object. Rejects with `checkpoint` where it is none. */
export async function readCheckpointJson(path: string): Promise<JsonObject | undefined> {
  const text = await readCheckpointText(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw unreadable(path, new Error('it is no JSON object'));
}

function unreadable(where: string, cause: unknown): AgentError {
  return new AgentError('checkpoint', `${basename(where)} of the checkpoint is not readable`, {
    got: inWords(cause),
    where,
    next: 'copy or download the folder again',
    cause,
  });
}
