/**
 * What an encoder that does not learn says of a picture is always the same. It is computed once and kept, so that a
 * picture that is learnt from again costs the decoder alone.
 */
import * as tf from '@tensorflow/tfjs';
import { joinArrays } from '../../core/nd-array.js';
import { narrowToFloat16, widenFloat16 } from '../checkpoint/float-formats.js';
import type { Network } from '../network/network.js';

/** Pictures that have a name, so that they are known again. */
export interface NamedPictures {
  /** Of each picture in the order of their places; what has the same name is the same picture. */
  readonly names: readonly string[];
  /** Normalised, [side, side, 3] row by row; asked for where it is needed. */
  readonly pixelsOf: (index: number) => Float32Array;
}

/**
 * Of all pictures together; what comes later is computed every time. In float16 a picture of the mini size takes 54
 * KiB.
 */
const MAX_BYTES = 3 * 2 ** 30;

/** All of the pictures' pixels, as an encoder that learns needs them. */
export function allPixelsOf({ names, pixelsOf }: NamedPictures): Float32Array {
  const made = new Map<string, Float32Array>();
  const pixels = names.map((name, index) => {
    const known = made.get(name) ?? pixelsOf(index);
    made.set(name, known);
    return known;
  });
  return joinArrays(pixels);
}

export class EncoderMemory {
  readonly #kept = new Map<string, Uint16Array>();
  #bytes = 0;

  constructor(
    private readonly network: Network,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** Pictures that are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * What the encoder says of the pictures, rounded to float16: [pictures · tokensPerImage, ...] row by row. Each is
   * computed by itself, so that its numbers do not depend on what else is known, and a run that goes on is the same bit
   * for bit.
   */
  async encodedOf(pictures: NamedPictures): Promise<Float32Array> {
    const found: Uint16Array[] = [];
    for (const [index, name] of pictures.names.entries()) {
      const bits = this.#kept.get(name) ?? (await this.#encode(pictures.pixelsOf(index)));
      if (!this.#kept.has(name) && this.#bytes + bits.byteLength <= this.maxBytes) {
        this.#kept.set(name, bits);
        this.#bytes += bits.byteLength;
      }
      found.push(bits);
    }
    const size = found[0]?.length ?? 0;
    const all = new Float32Array(found.length * size);
    for (const [index, bits] of found.entries()) widenFloat16(bits, all, index * size);
    return all;
  }

  async #encode(pixels: Float32Array): Promise<Uint16Array> {
    const { imageSize: side } = this.network.image.vision;
    const encoded = tf.tidy(() => this.network.encoded(tf.tensor4d(pixels, [1, side, side, 3])));
    const values = await encoded.data<'float32'>();
    encoded.dispose();
    return narrowToFloat16(values).bits;
  }
}
