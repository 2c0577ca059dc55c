/**
 * The float formats of checkpoints and their way to float32 and back. Every float16 and bfloat16 value is a float32
 * value, so widening is exact; narrowing rounds to nearest, ties to even, as PyTorch does.
 */

/** Names as safetensors headers spell them. */
export const FLOAT_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type FloatDType = keyof typeof FLOAT_BYTES;

/** Whether a safetensors element type is one that is read as float32. */
export function isFloatDType(dtype: string): dtype is FloatDType {
  return Object.hasOwn(FLOAT_BYTES, dtype);
}

/** Largest finite float16. */
export const FLOAT16_MAX = 65504;
/** From here on rounding to nearest goes to infinity. */
const FLOAT16_OVERFLOW = 65520;

let float16Table: Float32Array | undefined;

/**
 * Widens 16-bit floats in place: `buffer` holds the 16-bit values in its second half and float32 values in all of it
 * afterwards. Value `i` is read at byte 2n + 2i before byte 4i + 3 is written, so nothing is overwritten unread.
 */
export function widenInPlace(buffer: ArrayBuffer, dtype: 'F16' | 'BF16'): Float32Array {
  const count = buffer.byteLength / 4;
  const halves = new Uint16Array(buffer, 2 * count, count);
  if (dtype === 'BF16') {
    const words = new Uint32Array(buffer);
    for (let i = 0; i < count; i++) words[i] = (halves[i] as number) << 16;
    return new Float32Array(buffer);
  }
  const floats = new Float32Array(buffer);
  widenFloat16(halves, floats);
  return floats;
}

/** Widens float16 values into `out` from its place `at` on. */
export function widenFloat16(bits: Uint16Array, out: Float32Array, at = 0): void {
  float16Table ??= makeFloat16Table();
  const table = float16Table;
  for (let i = 0; i < bits.length; i++) out[at + i] = table[bits[i] as number] as number;
}

/** The float32 of each of the 65,536 float16 bit patterns. */
function makeFloat16Table(): Float32Array {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const mantissa = bits & 0x3ff;
    if (exponent === 0x1f) table[bits] = mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else if (exponent === 0) table[bits] = sign * mantissa * 2 ** -24;
    else table[bits] = sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/**
 * Narrows to float16 bit patterns.
 * @returns the patterns, and how many finite values were too large and became infinite (the caller decides).
 */
export function narrowToFloat16(values: Float32Array): { bits: Uint16Array; overflows: number } {
  const bits = new Uint16Array(values.length);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let overflows = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.abs(value) >= FLOAT16_OVERFLOW && Number.isFinite(value)) overflows++;
    bits[i] = float16Bits(words[i] as number);
  }
  return { bits, overflows };
}

/** The float16 pattern nearest to a float32 pattern, ties to even. */
function float16Bits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  const exponent = (magnitude >>> 23) - 127 + 15;
  if (exponent >= 0x1f) return sign | 0x7c00;
  if (exponent < -10) return sign;
  // A subnormal result keeps its leading one as an explicit bit and loses more of the tail.
  const mantissa = exponent > 0 ? magnitude & 0x7fffff : (magnitude & 0x7fffff) | 0x800000;
  const shift = exponent > 0 ? 13 : 14 - exponent;
  const base = (exponent > 0 ? exponent << 10 : 0) + (mantissa >>> shift);
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  // A carry out of the mantissa runs into the exponent, which is the right rounding there too.
  return sign | (rest > half || (rest === half && (base & 1) === 1) ? base + 1 : base);
}
