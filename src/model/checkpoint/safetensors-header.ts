/**
 * The header of a safetensors file: eight bytes of length (little endian), that many bytes of JSON, then the tensors'
 * bytes. Checked in full before a byte of data is used: a file that is cut off, or is something else, is refused here.
 */
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import { sizeOf } from '../../core/nd-array.js';

/** Where a tensor lies. */
export interface TensorEntry {
  /** Element type as the file spells it, such as F32, BF16 or I64. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  /** By name, in the order of the bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit. */
export const MAX_HEADER_BYTES = 100_000_000;
export const LENGTH_BYTES = 8;

const elementBytes: Readonly<Record<string, number>> = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, U16: 2, I16: 2, F16: 2, BF16: 2 },
  ...{ U32: 4, I32: 4, F32: 4, U64: 8, I64: 8, F64: 8, C64: 8 },
};

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const metadataSchema = z.record(z.string(), z.string());

/**
 * Checks the first eight bytes against the file's size.
 * @returns the number of bytes of JSON that follow.
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, where: string): number {
  if (prefix.length < LENGTH_BYTES) throw foreign(where, 'a header', `${fileBytes} bytes in all`);
  const length = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw foreign(where, `a header of at most ${MAX_HEADER_BYTES} bytes`, `a length of ${length}`);
  }
  if (LENGTH_BYTES + Number(length) > fileBytes) {
    throw truncated(where, LENGTH_BYTES + Number(length), fileBytes, 'its header alone');
  }
  return Number(length);
}

/** Reads the JSON and checks that the tensors fill the rest of the file exactly, without gap or overlap. */
export function parseHeader(json: Uint8Array, fileBytes: number, where: string): SafetensorsHeader {
  const { __metadata__: metadata = {}, ...entries } = parseJson(json, where);
  const base = LENGTH_BYTES + json.length;
  const tensors = Object.entries(entries).map(([name, value]) => [name, parseEntry(name, value, base, where)] as const);
  tensors.sort(([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength);
  let next = base;
  for (const [name, { offset, byteLength }] of tensors) {
    if (offset !== next) throw foreign(where, `tensor ${name} to begin at byte ${next}`, `byte ${offset}`);
    next += byteLength;
  }
  if (next > fileBytes) throw truncated(where, next, fileBytes, 'its tensors');
  if (next < fileBytes) throw foreign(where, `${next} bytes, as its header says`, `${fileBytes} bytes`);
  return { tensors: new Map(tensors), metadata: checkMetadata(metadata, where) };
}

function parseJson(json: Uint8Array, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Falls through to the one refusal: what the parser says of binary data helps nobody.
  }
  throw foreign(where, 'a JSON object as header', 'something else');
}

function parseEntry(name: string, value: unknown, base: number, where: string): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw foreign(where, `dtype, shape and data_offsets of tensor ${name}`, JSON.stringify(value));
  const { dtype, shape, data_offsets: offsets } = parsed.data;
  const bytes = elementBytes[dtype];
  if (bytes === undefined) {
    throw foreign(where, `a dtype of tensor ${name} among ${Object.keys(elementBytes).join(', ')}`, dtype);
  }
  const byteLength = offsets[1] - offsets[0];
  if (byteLength !== bytes * sizeOf(shape)) {
    throw foreign(where, `${bytes * sizeOf(shape)} bytes for ${name}, ${dtype} [${shape}]`, `${byteLength} bytes`);
  }
  return { dtype, shape, offset: base + offsets[0], byteLength };
}

function checkMetadata(value: unknown, where: string): Record<string, string> {
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) throw foreign(where, '__metadata__ of strings', JSON.stringify(value));
  return parsed.data;
}

function foreign(where: string, expected: string, got: string): AgentError {
  return new AgentError('checkpoint', 'not a sound safetensors file', { expected, got, where });
}

/** The refusal of a file that ends before what its header promises. */
export function truncated(where: string, expected: number, got: number, what: string): AgentError {
  return new AgentError('checkpoint', 'A safetensors file is cut off', {
    expected: `at least ${expected} bytes for ${what}`,
    got: `${got} bytes`,
    where,
    next: 'copy or download the file again',
  });
}
