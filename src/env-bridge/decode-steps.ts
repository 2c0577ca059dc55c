/**
 * Replies to `reset` and `step`: the hot path. Checked by hand, because a schema library would cost more than the
 * rest of a round trip; arrays are views of the received message.
 */
import { type AgentError, type DType, type Info, type NdArray, sizeOf, TYPED_ARRAYS } from '../core/index.js';
import { parseServerError, protocolViolation } from './protocol.js';
import type { FailedStep, GymStep } from './types.js';

/** Shape and type of the observations of one environment, with what would be computed again for every step. */
export interface ObservationLayout {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly bytes: number;
}

export function observationLayout(dtype: DType, shape: readonly number[]): ObservationLayout {
  const elements = sizeOf(shape);
  return { dtype, shape, elements, bytes: elements * TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT };
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The steps of a reply, one for each of `layouts` in order. Throws `protocol` for anything that the protocol page
 * does not allow: a field too many or too few, a wrong type, binary parts of another size.
 */
export function decodeSteps(
  operation: 'reset' | 'step',
  header: Fields,
  parts: readonly Buffer[],
  layouts: readonly ObservationLayout[],
  withFrames: boolean,
): (GymStep | FailedStep)[] {
  const { results, elapsed_us: elapsed } = header;
  for (const key in header) {
    if (key !== 'id' && key !== 'ok' && key !== 'results' && key !== 'elapsed_us') unknownField(operation, key);
  }
  if (!Array.isArray(results) || results.length !== layouts.length) {
    throw violation(operation, `${layouts.length} results`, results);
  }
  if (typeof elapsed !== 'number' || !(elapsed >= 0)) throw violation(operation, 'elapsed_us from 0', elapsed);
  if (parts.length > (withFrames ? 2 : 1))
    throw violation(operation, 'no further binary part', `${parts.length} parts`);

  const observations = new PartReader(parts[0], `observations of ${operation}`);
  const pictures = new PartReader(parts[1], `frames of ${operation}`);
  const steps = layouts.map((layout, index): GymStep | FailedStep => {
    const result: unknown = results[index];
    if (!isObject(result)) throw violation(operation, 'a result object', result);
    if (result.error !== undefined) {
      for (const key in result) if (key !== 'error') unknownField(operation, key);
      return { kind: 'failed', error: parseServerError(result.error).error };
    }
    for (const key in result) if (!isResultField(key, operation, withFrames)) unknownField(operation, key);
    const { info } = result;
    if (!isObject(info)) throw violation(operation, 'info as an object', info);
    const common = {
      observation: observations.take(layout),
      info: info as Info,
      emulatorMicroseconds: elapsed,
      ...(withFrames ? { frames: pictures.takeFrames(result.frames) } : undefined),
    };
    if (operation === 'reset') return { kind: 'first', ...common };
    const { terminated, truncated } = result;
    if (typeof terminated !== 'boolean' || typeof truncated !== 'boolean') {
      throw violation(operation, 'terminated and truncated as true or false', `${terminated}, ${truncated}`);
    }
    const kind = terminated ? 'terminated' : truncated ? 'truncated' : 'mid';
    return { kind, reward: decodeFloat(result.reward), ...common };
  });
  observations.finish();
  pictures.finish();
  return steps;
}

function isResultField(key: string, operation: 'reset' | 'step', withFrames: boolean): boolean {
  if (key === 'info') return true;
  if (key === 'frames') return withFrames;
  return operation === 'step' && (key === 'reward' || key === 'terminated' || key === 'truncated');
}

function decodeFloat(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw violation('step', 'reward as a number', value);
}

/** Cuts a binary part into the arrays that lie in it end to end. An absent part is an empty one. */
class PartReader {
  readonly #part: Buffer;
  readonly #where: string;
  #offset = 0;

  constructor(part: Buffer | undefined, where: string) {
    this.#part = part ?? Buffer.alloc(0);
    this.#where = where;
  }

  take<D extends DType>({ dtype, shape, elements, bytes }: ObservationLayout & { readonly dtype: D }): NdArray<D> {
    const start = this.#part.byteOffset + this.#offset;
    this.#offset += bytes;
    if (this.#offset > this.#part.length) {
      throw protocolViolation(this.#where, `at least ${this.#offset} bytes`, `${this.#part.length} bytes`);
    }
    const TypedArray = TYPED_ARRAYS[dtype] as unknown as new (
      buffer: ArrayBufferLike,
      offset: number,
      length: number,
    ) => NdArray<D>['data'];
    if (start % TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT === 0) {
      return { dtype, shape, data: new TypedArray(this.#part.buffer, start, elements) };
    }
    // A typed array cannot begin between two of its elements: then only a copy can.
    return { dtype, shape, data: new TypedArray(this.#part.buffer.slice(start, start + bytes), 0, elements) };
  }

  takeFrames(dimensions: unknown): NdArray<'uint8'> {
    const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
    if (!Array.isArray(dimensions) || dimensions.length !== 3 || !dimensions.every(isSize)) {
      throw protocolViolation(this.#where, 'frames as [count, height, width]', JSON.stringify(dimensions));
    }
    const shape = [...(dimensions as number[]), 3];
    const elements = sizeOf(shape);
    return this.take({ dtype: 'uint8', shape, elements, bytes: elements });
  }

  finish(): void {
    if (this.#offset !== this.#part.length) {
      throw protocolViolation(this.#where, `${this.#offset} bytes`, `${this.#part.length} bytes`);
    }
  }
}

function unknownField(operation: string, key: string): never {
  throw protocolViolation(`reply to ${operation}`, 'no unknown fields', `"${key}"`);
}

function violation(operation: string, expected: string, got: unknown): AgentError {
  const text = typeof got === 'string' ? got : (JSON.stringify(got) ?? 'nothing');
  return protocolViolation(`reply to ${operation}`, expected, text.slice(0, 200));
}
