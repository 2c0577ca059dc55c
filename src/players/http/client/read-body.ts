/** The body of a response: whole, in time, of a size that can be held, and JSON; else the failure that it is. */
import type { JsonObject } from '../../../core/index.js';
import type { Deadline } from './deadline.js';
import { RequestFailure } from './request-failure.js';

/** Bytes of a body, unpacked. An answer has kilobytes, and a few of this size still fit in one step of a record. */
export const LARGEST_BODY = 1024 * 1024;

/** The text of a body; without a byte order mark, with U+FFFD for bytes that are no UTF-8. */
export async function readText(response: Response, deadline: Deadline): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      deadline.heard();
      size += value.byteLength;
      if (size > LARGEST_BODY) throw new RequestFailure('malformed', `an answer of more than ${LARGEST_BODY} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

/** Types under which services send JSON; some servers of models name none, or plain text. */
const JSON_TYPE = /^(application\/([\w.-]+\+)?json|text\/plain|application\/octet-stream)\s*(;|$)/i;

/** The object that the text of a response with status 200 is; throws a `malformed` failure where it is none. */
export function readObject(text: string, headers: Headers): JsonObject {
  const type = headers.get('content-type');
  if (type !== null && !JSON_TYPE.test(type.trim())) throw malformed(`content of type ${type}`, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text.trim() === '' ? 'an empty body' : 'no JSON', text);
  }
  if (!isObject(value)) throw malformed('JSON that is no object', text);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(what: string, text: string): RequestFailure {
  const begin = text.trim();
  return new RequestFailure('malformed', begin === '' ? what : `${what}: ${begin}`);
}
