/** What a new network estimates before it has learnt anything: how far from the truth, and how surely. */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import { createRandom } from '../../core/random.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import { layOut } from '../../model/sequence/layout.js';
import { type Colour, colourAt, type Place } from '../tasks/pixels.js';
import { asUnit, CODE, HEAD_GAIN } from './code/layout.js';

/** Queries a picture. */
const QUERIES = 200;

/** Pictures of the encoder's size, and how a pixel of them is asked for. */
export interface Probe {
  readonly frames: readonly Frame[];
  readonly processing: ImageProcessing;
  readonly prompt: readonly number[];
  /** Turns a place and its colour into the tokens that are read: row, column, red, green. */
  query(place: Place, colour: Colour): readonly number[];
}

export interface Estimates {
  /** Mean absolute error, in the units of `asUnit`. */
  readonly error: number;
  /** Mean curvature of the bell over a channel's values, for a final norm whose scale is 1. */
  readonly weight: number;
}

/** Asks for pixels all over the pictures; each estimate is one of a channel behind the true ones before it. */
export function measureEstimates(network: Network, { frames, processing, prompt, query }: Probe): Estimates {
  let [absolute, weights, count] = [0, 0, 0];
  for (const [index, frame] of frames.entries()) {
    const [height, width] = frame.shape as [number, number, number];
    const random = createRandom(index, 'probe');
    const places = Array.from({ length: QUERIES }, () => ({ y: random.integer(height), x: random.integer(width) }));
    const colours = places.map((place) => colourAt(frame, place));
    const branches = places.map((place, i) => query(place, colours[i] as Colour));
    const layout = layOut([{ prompt, branches }]);
    const states = tf.tidy(() => {
      const pixels = tf.tensor4d(preprocess(frame, processing).data, [1, height, width, 3]);
      const { hidden } = network.run(layout, network.features(pixels));
      const rootMeanSquare = tf.sqrt(tf.mean(tf.square(hidden), 1, true));
      return tf.div(hidden, rootMeanSquare).arraySync() as number[][];
    });
    for (const [i, start] of (layout.branchStart[0] ?? []).entries()) {
      for (const channel of [0, 1, 2] as const) {
        // The token of the column predicts red, and so on.
        const state = states[start + 1 + channel] as number[];
        const [slope, curvature] = state.slice(CODE.estimate.start) as [number, number];
        const truth = asUnit((colours[i] as Colour)[channel]);
        absolute += Math.abs(slope / (-2 * curvature) - truth);
        weights += -2 * curvature * HEAD_GAIN;
        count++;
      }
    }
  }
  return { error: absolute / count, weight: weights / count };
}
