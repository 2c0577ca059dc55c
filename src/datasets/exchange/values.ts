/** Values of foreign tables, checked as they are taken: a wrong one is refused by its column and file. */
import { AgentError } from '../../core/index.js';

export function asNumber(value: unknown, column: string, where: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw wrong('a whole number, 0 or above', value, column, where);
}

export function asReal(value: unknown, column: string, where: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrong('a finite number', value, column, where);
}

export function asFlag(value: unknown, column: string, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong('true or false', value, column, where);
}

export function asText(value: unknown, column: string, where: string): string {
  if (typeof value === 'string') return value;
  throw wrong('a text', value, column, where);
}

/** Numbers of a list, or the one of a column that holds no lists. */
export function asList(value: unknown, column: string, where: string): number[] {
  const list = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<unknown>) : [value];
  return list.map((one) => {
    const number = typeof one === 'bigint' ? Number(one) : one;
    if (typeof number === 'number') return number;
    throw wrong('numbers', value, column, where);
  });
}

/** The file of a picture, as `datasets.Image` stores it. */
export function bytesOf(value: unknown, column: string, where: string): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
  if (bytes instanceof Uint8Array) return bytes;
  throw wrong('a picture with its bytes, as `datasets.Image` stores it', value, column, where);
}

function wrong(expected: string, value: unknown, column: string, where: string): AgentError {
  const got = typeof value === 'object' && value !== null ? 'another kind of value' : String(value).slice(0, 80);
  return new AgentError('dataset', `the column ${column} does not fit`, { expected, got, where });
}
