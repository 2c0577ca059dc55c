/** Writing safetensors, whole or not at all. */
import { writeFileAtomic } from '../../core/atomic-write.js';
import { AgentError } from '../../core/errors.js';
import { sizeOf } from '../../core/nd-array.js';
import { FLOAT16_MAX, narrowToFloat16 } from './float-formats.js';
import { LENGTH_BYTES } from './safetensors-header.js';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface WriteOptions {
  /** Float16 halves the file and keeps 11 bits of each value. */
  readonly dtype: 'float32' | 'float16';
  /** Strings for the header; `format: pt` is always there, because transformers asks for it. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes tensors in the given order. The file is put together in memory first, at the size it will have.
 * Rejects with `checkpoint` for a name twice, data that does not fill its shape, or a finite value that float16
 *   cannot hold; Node's own error where the disk does not take it.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly NamedTensor[],
  { dtype, metadata }: WriteOptions,
): Promise<void> {
  const elementBytes = dtype === 'float16' ? 2 : 4;
  const header: Record<string, unknown> = { __metadata__: { ...metadata, format: 'pt' } };
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    if (Object.hasOwn(header, name)) throw refuse(path, `Tensor ${name} is there twice`);
    if (sizeOf(shape) !== data.length) {
      throw refuse(path, `Tensor ${name} does not fill its shape`, `${sizeOf(shape)} values`, `${data.length}`);
    }
    const end = offset + elementBytes * data.length;
    header[name] = { dtype: dtype === 'float16' ? 'F16' : 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = padToEight(Buffer.from(JSON.stringify(header)));
  const file = new Uint8Array(LENGTH_BYTES + json.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + json.length;
  for (const tensor of tensors) {
    const bytes = encode(tensor, dtype, path);
    file.set(bytes, at);
    at += bytes.length;
  }
  await writeFileAtomic(path, file);
}

/** Spaces after the JSON keep the data aligned, as the reference writer does. */
function padToEight(json: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}

function encode({ name, data }: NamedTensor, dtype: 'float32' | 'float16', path: string): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const { bits, overflows } = narrowToFloat16(data);
  if (overflows > 0) {
    throw refuse(path, `Tensor ${name} does not fit float16`, `at most ±${FLOAT16_MAX}`, `${overflows} values beyond`);
  }
  return new Uint8Array(bits.buffer);
}

function refuse(where: string, summary: string, expected?: string, got?: string): AgentError {
  return new AgentError('checkpoint', summary, {
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    where,
  });
}
