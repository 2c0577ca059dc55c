/**
 * Reading safetensors by range: only the header and the tensors asked for are read, each straight into the array that
 * is handed out, so a checkpoint never lies in memory twice.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { AgentError } from '../../core/errors.js';
import { sizeOf } from '../../core/nd-array.js';
import { inWords } from '../../core/system-error.js';
import { FLOAT_BYTES, type FloatDType, isFloatDType, widenInPlace } from './float-formats.js';
import { headerLength, LENGTH_BYTES, parseHeader, type TensorEntry, truncated } from './safetensors-header.js';

/** A tensor as float32, and the element type it is stored in. */
export interface LoadedTensor {
  readonly dtype: FloatDType;
  readonly shape: readonly number[];
  /** Row-major; the caller's own, not shared. */
  readonly data: Float32Array;
}

/** Named tensors of one file or of all shards of a checkpoint. Close it after use. */
export interface SafetensorsFile extends AsyncDisposable {
  /** The file, or the index that names the shards. */
  readonly path: string;
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Throws `checkpoint` for a name that is not there. */
  shape(name: string): readonly number[];
  /** Element type as stored, such as F16; also of tensors that are not floats. */
  dtype(name: string): string;
  /** Reads one tensor. Rejects with `checkpoint` for a missing name, or one that is not F32, F16 or BF16. */
  read(name: string): Promise<LoadedTensor>;
  /** Reads a tensor of doubles. Throws `checkpoint` for a missing name, or one that is not F64. */
  readFloat64(name: string): Promise<Float64Array>;
  close(): Promise<void>;
}

/**
 * Opens one safetensors file and checks its header.
 * Rejects with `checkpoint` where the file is missing, cut off, or no safetensors file.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    const prefix = await readRange(handle, 0, Math.min(LENGTH_BYTES, size), path);
    const json = await readRange(handle, LENGTH_BYTES, headerLength(prefix, size, path), path);
    const { tensors, metadata } = parseHeader(json, size, path);
    return new SingleFile(path, handle, tensors, metadata);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class SingleFile implements SafetensorsFile {
  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly tensors: ReadonlyMap<string, TensorEntry>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  get names(): readonly string[] {
    return [...this.tensors.keys()];
  }

  shape(name: string): readonly number[] {
    return this.#entry(name).shape;
  }

  dtype(name: string): string {
    return this.#entry(name).dtype;
  }

  async read(name: string): Promise<LoadedTensor> {
    const { dtype, shape, offset } = this.#entry(name);
    if (!isFloatDType(dtype)) {
      throw new AgentError('checkpoint', `tensor ${name} is not stored as floats`, {
        expected: Object.keys(FLOAT_BYTES).join(', '),
        got: dtype,
        where: this.path,
      });
    }
    const count = sizeOf(shape);
    const buffer = new ArrayBuffer(4 * count);
    const bytes = FLOAT_BYTES[dtype] * count;
    await fill(this.handle, new Uint8Array(buffer, 4 * count - bytes), offset, this.path);
    return { dtype, shape, data: dtype === 'F32' ? new Float32Array(buffer) : widenInPlace(buffer, dtype) };
  }

  async readFloat64(name: string): Promise<Float64Array> {
    const { dtype, shape, offset } = this.#entry(name);
    if (dtype !== 'F64') {
      const details = { expected: 'F64', got: dtype, where: this.path };
      throw new AgentError('checkpoint', `tensor ${name} is not stored as doubles`, details);
    }
    const values = new Float64Array(sizeOf(shape));
    await fill(this.handle, new Uint8Array(values.buffer), offset, this.path);
    return values;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #entry(name: string): TensorEntry {
    const entry = this.tensors.get(name);
    if (entry) return entry;
    throw new AgentError('checkpoint', `there is no tensor ${name}`, {
      expected: 'a name in the file',
      got: `${this.tensors.size} tensors: ${[...this.tensors.keys()].slice(0, 3).join(', ')} …`,
      where: this.path,
    });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new AgentError('checkpoint', 'A safetensors file cannot be opened', {
      got: inWords(cause),
      where: path,
      cause,
    });
  }
}

async function readRange(handle: FileHandle, start: number, length: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await fill(handle, bytes, start, path);
  return bytes;
}

/** One read call takes at most about 2 GB on Linux, so a large tensor takes several. */
const MAX_READ = 2 ** 30;

async function fill(handle: FileHandle, target: Uint8Array, start: number, path: string): Promise<void> {
  for (let done = 0; done < target.length; ) {
    const length = Math.min(target.length - done, MAX_READ);
    const { bytesRead } = await handle.read(target, done, length, start + done);
    if (bytesRead === 0) throw truncated(path, start + target.length, start + done, 'what its header says');
    done += bytesRead;
  }
}
