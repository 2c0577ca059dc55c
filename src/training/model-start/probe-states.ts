/** Hidden states of a network's first layers on some pictures and pixel queries, for measuring what stands in them. */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import { Network } from '../../model/network/network.js';
import { layOut } from '../../model/sequence/layout.js';
import { asUnit, CONTENT_SIZE } from './code-layout.js';
import type { BasisFunction } from './patch-basis.js';

/** Queries a picture. */
const QUERIES = 200;

/** One pixel that is asked for. */
export interface ProbedPixel {
  readonly y: number;
  readonly x: number;
  /** The patch it lies in, counted over all pictures. */
  readonly patch: number;
}

/** Turns a pixel and its colour into the tokens that are read: place, red, green. */
export type QueryTokens = (place: { y: number; x: number }, frame: Frame) => readonly number[];

export interface States {
  /** [pictures · patches][size] */
  readonly patches: readonly Float32Array[];
  /** Of the tokens that predict the three channels, [pixels · 3][size]. */
  readonly queries: readonly Float32Array[];
}

export class Probe {
  readonly pixels: readonly ProbedPixel[];
  /** True coordinates of each patch, from colours between −1 and 1: [pictures · patches][content]. */
  readonly content: readonly Float32Array[];
  private readonly places: readonly (readonly { y: number; x: number }[])[];

  constructor(
    private readonly network: Network,
    private readonly frames: readonly Frame[],
    private readonly processing: ImageProcessing,
    private readonly text: { readonly prompt: readonly number[]; readonly query: QueryTokens },
    basis: readonly BasisFunction[],
  ) {
    const { imageSize: side, patchSize: patch } = network.image.vision;
    const grid = Math.floor(side / patch);
    this.places = frames.map((_, i) => {
      const random = createRandom(i, 'probe');
      return Array.from({ length: QUERIES }, () => ({
        y: random.integer(grid * patch),
        x: random.integer(grid * patch),
      }));
    });
    this.pixels = this.places.flatMap((ofFrame, i) =>
      ofFrame.map(({ y, x }) => ({ y, x, patch: (i * grid + Math.floor(y / patch)) * grid + Math.floor(x / patch) })),
    );
    this.content = frames.flatMap((frame) => contentOf(frame, patch, basis));
  }

  /** States behind the first `layers` layers. @param normalised whether each is brought to a mean square of 1. */
  statesAfter(layers: number, normalised: boolean): States {
    const { config, parameters, image } = this.network;
    // A network of fewer layers over the same parameters, which stay the whole network's.
    const shallow = new Network({ ...config, text: { ...config.text, layers } }, parameters);
    const firstPatch = this.text.prompt.indexOf(image.imageToken);
    const patches: Float32Array[] = [];
    const queries: Float32Array[] = [];
    this.frames.forEach((frame, i) => {
      const branches = (this.places[i] ?? []).map((place) => this.text.query(place, frame));
      const layout = layOut([{ prompt: this.text.prompt, branches }]);
      const hidden = tf.tidy(() => {
        const { data, height, width } = preprocess(frame, this.processing);
        return shallow.run(layout, shallow.features(tf.tensor4d(data, [1, height, width, 3]))).hidden;
      });
      const size = hidden.shape[1];
      const values = hidden.dataSync<'float32'>();
      hidden.dispose();
      const row = (at: number): Float32Array => {
        const own = values.slice(at * size, (at + 1) * size);
        return normalised ? toUnitPower(own) : own;
      };
      for (let p = 0; p < image.tokensPerImage; p++) patches.push(row(firstPatch + p));
      for (const start of layout.branchStart[0] ?? []) for (const k of [1, 2, 3]) queries.push(row(start + k));
    });
    return { patches, queries };
  }
}

function toUnitPower(state: Float32Array): Float32Array {
  const mean = state.reduce((sum, value) => sum + value * value, 0) / state.length;
  return state.map((value) => value / Math.sqrt(mean + 1e-5));
}

function contentOf({ data, shape }: Frame, patch: number, basis: readonly BasisFunction[]): Float32Array[] {
  const width = shape[1] as number;
  const grid = Math.floor(width / patch);
  return Array.from({ length: grid * grid }, (_, i) => {
    const [top, left] = [Math.floor(i / grid) * patch, (i % grid) * patch];
    const units = Float32Array.from({ length: patch * patch * 3 }, (_value, at) => {
      const [y, rest] = [Math.floor(at / (3 * patch)), at % (3 * patch)];
      return asUnit(data[((top + y) * width + left) * 3 + rest] as number);
    });
    return Float32Array.from({ length: CONTENT_SIZE }, (_value, k) => dot(basis[k]?.values ?? units, units));
  });
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}
