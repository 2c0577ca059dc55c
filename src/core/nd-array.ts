/** Dense arrays as they come from an emulator: a view of bytes with a type and a shape, row-major. */

/** The element types that cross the bridge, by NumPy's names, each with the typed array that views it. */
export const TYPED_ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type DType = keyof typeof TYPED_ARRAYS;

/**
 * An array of `shape` over `data`. Frames are `uint8` of shape [height, width, channels], RGB, 0-255.
 * `data` may view a larger buffer (a received message): whoever keeps an array for long copies it.
 */
export interface NdArray<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: InstanceType<(typeof TYPED_ARRAYS)[D]>;
}

/** A picture: `uint8` [height, width, 1 or 3]. */
export type Frame = NdArray<'uint8'>;

/** The number of elements of a shape; 1 for the empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The number of bytes an array of this type and shape takes. */
export function byteSizeOf(dtype: DType, shape: readonly number[]): number {
  return sizeOf(shape) * TYPED_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/** Whether an array is a picture that a vision model can be shown. */
export function isFrame(array: NdArray): array is Frame {
  const channels = array.shape[2];
  return array.dtype === 'uint8' && array.shape.length === 3 && (channels === 1 || channels === 3);
}

/** Arrays of one length behind one another. */
export function joinArrays(parts: readonly Float32Array[]): Float32Array {
  const size = parts[0]?.length ?? 0;
  const all = new Float32Array(parts.length * size);
  for (const [i, part] of parts.entries()) all.set(part, i * size);
  return all;
}
