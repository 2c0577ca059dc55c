/**
 * Teaches a new projector to say what lies in a patch, from what a frozen encoder says of it. Only the projector's own
 * units that tell no pixels learn, and the encoder is asked once for every scene: minutes instead of hours.
 */
import * as tf from '@tensorflow/tfjs';
import { createRandom, type Random } from '../../../core/random.js';
import { type ImageProcessing, preprocess } from '../../../model/image/index.js';
import type { Network } from '../../../model/network/network.js';
import { activate } from '../../../model/ops/index.js';
import type { DrawnScene } from '../../pictures/index.js';
import { edit } from '../edit-parameter.js';
import type { PatchContent } from '../patch-content.js';
import { patchFeatures, stackPictures } from '../patch-features.js';
import type { Span } from '../spans.js';
import { THINGS } from './layout.js';

/** What the projector says of things. */
const TOLD: readonly Span[] = [THINGS.things, THINGS.box, THINGS.density];
const OUTPUTS = TOLD.flatMap(({ start, size }) => Array.from({ length: size }, (_, i) => start + i));
/** Scenes that go through the encoder at once. */
const SCENES = 16;
/** Of the patches with nothing in them, the part that is learnt from. */
const EMPTY = 0.3;
/** Patches of an update; updates at each rate. */
const BATCH = 4096;
const RATES = [3e-3, 1e-3, 3e-4] as const;
/** Deviation of the first layer's weights, before the root of the inputs. */
const SPREAD = 1;

export interface ThingsFit {
  readonly content: PatchContent;
  /** Units of the projector's hidden layer that may learn. */
  readonly units: readonly number[];
  readonly seed: number;
  /** Updates at each rate. */
  readonly updates: number;
}

interface Examples {
  /** [rows · features], of mean 0 and deviation 1. */
  readonly features: Float32Array;
  /** [rows · OUTPUTS] */
  readonly told: Float32Array;
  readonly rows: number;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Teaches the units, and lets nothing else speak of things. @returns the loss at the end. */
export function fitThings(
  network: Network,
  processing: ImageProcessing,
  scenes: readonly DrawnScene[],
  fit: ThingsFit,
): number {
  const random = createRandom(fit.seed, 'things');
  const examples = standardise(gather(network, processing, scenes, fit, random));
  const inputs = examples.mean.length;
  const normal = (rows: number, columns: number, deviation: number): tf.Variable<tf.Rank.R2> =>
    tf.variable(tf.tensor2d(drawNormal(rows * columns, deviation, random), [rows, columns]));
  const into = normal(inputs, fit.units.length, SPREAD * inputs ** -0.5);
  const shift = tf.variable(tf.zeros([fit.units.length]));
  const out = normal(fit.units.length, OUTPUTS.length, fit.units.length ** -0.5);
  const base = tf.variable(tf.zeros([OUTPUTS.length]));
  const all = fit.content.weightsWithThings();
  const weights = tf.tensor1d(OUTPUTS.map((at) => all[at] as number));
  const { projectorActivation } = network.image;
  let loss = 0;
  for (const rate of RATES) {
    const optimizer = tf.train.adam(rate, 0.9, 0.98);
    for (let update = 0; update < fit.updates; update++) {
      loss = tf.tidy(() => {
        const { x, y } = draw(examples, random);
        const found = optimizer.minimize(() => {
          const hidden = activate(tf.add(tf.matMul(x, into), shift) as tf.Tensor2D, projectorActivation);
          const said = tf.add(tf.matMul(hidden as tf.Tensor2D, out), base);
          return tf.mean(tf.sum(tf.square(tf.mul(tf.sub(said, y), weights)), 1)) as tf.Scalar;
        }, true);
        return found?.dataSync<'float32'>()[0] ?? 0;
      });
    }
    optimizer.dispose();
  }
  write(network, fit.units, examples, {
    into: into.dataSync<'float32'>(),
    shift: shift.dataSync<'float32'>(),
    out: out.dataSync<'float32'>(),
    base: base.dataSync<'float32'>(),
  });
  tf.dispose([into, shift, out, base, weights]);
  return loss;
}

function gather(
  network: Network,
  processing: ImageProcessing,
  scenes: readonly DrawnScene[],
  { content }: ThingsFit,
  random: Random,
): { features: Float32Array[]; told: Float32Array[] } {
  const side = network.image.vision.imageSize;
  const kept: { features: Float32Array[]; told: Float32Array[] } = { features: [], told: [] };
  for (let first = 0; first < scenes.length; first += SCENES) {
    const batch = scenes.slice(first, first + SCENES);
    const pixels = batch.map(({ image }) => preprocess(image, processing).data);
    const features = tf.tidy(() => patchFeatures(stackPictures(pixels, side), network).dataSync<'float32'>());
    const states = content.withThings(batch);
    const rows = states.length / content.size;
    const width = features.length / rows;
    for (let row = 0; row < rows; row++) {
      const told = Float32Array.from(OUTPUTS, (at) => states[row * content.size + at] as number);
      if (told.every((value) => value === 0) && random.next() > EMPTY) continue;
      kept.told.push(told);
      kept.features.push(features.slice(row * width, (row + 1) * width));
    }
  }
  return kept;
}

function standardise({ features, told }: { features: Float32Array[]; told: Float32Array[] }): Examples {
  const rows = features.length;
  const width = features[0]?.length ?? 0;
  const [mean, deviation] = [new Float64Array(width), new Float64Array(width)];
  for (const row of features) for (let i = 0; i < width; i++) mean[i] = (mean[i] as number) + (row[i] as number) / rows;
  for (const row of features) {
    for (let i = 0; i < width; i++) {
      deviation[i] = (deviation[i] as number) + ((row[i] as number) - (mean[i] as number)) ** 2 / rows;
    }
  }
  for (let i = 0; i < width; i++) deviation[i] = Math.sqrt(deviation[i] as number) || 1;
  const standard = new Float32Array(rows * width);
  for (const [row, values] of features.entries()) {
    for (let i = 0; i < width; i++) {
      standard[row * width + i] = ((values[i] as number) - (mean[i] as number)) / (deviation[i] as number);
    }
  }
  const all = new Float32Array(rows * OUTPUTS.length);
  for (const [row, values] of told.entries()) all.set(values, row * OUTPUTS.length);
  return { features: standard, told: all, rows, mean, deviation };
}

function draw({ features, told, rows, mean }: Examples, random: Random): { x: tf.Tensor2D; y: tf.Tensor2D } {
  const width = mean.length;
  const [x, y] = [new Float32Array(BATCH * width), new Float32Array(BATCH * OUTPUTS.length)];
  for (let i = 0; i < BATCH; i++) {
    const row = random.integer(rows);
    x.set(features.subarray(row * width, (row + 1) * width), i * width);
    y.set(told.subarray(row * OUTPUTS.length, (row + 1) * OUTPUTS.length), i * OUTPUTS.length);
  }
  return { x: tf.tensor2d(x, [BATCH, width]), y: tf.tensor2d(y, [BATCH, OUTPUTS.length]) };
}

interface Learnt {
  readonly into: Float32Array;
  readonly shift: Float32Array;
  readonly out: Float32Array;
  readonly base: Float32Array;
}

/** Puts the learnt units among the projector's, for features as they are. */
function write(network: Network, units: readonly number[], { mean, deviation }: Examples, learnt: Learnt): void {
  const { parameters } = network;
  edit(parameters, 'projector.in.bias', ({ data }) => {
    edit(parameters, 'projector.in.kernel', (kernel) => {
      for (const [u, unit] of units.entries()) {
        let shift = learnt.shift[u] as number;
        for (let i = 0; i < mean.length; i++) {
          const weight = (learnt.into[i * units.length + u] as number) / (deviation[i] as number);
          kernel.data[i * kernel.columns + unit] = weight;
          shift -= weight * (mean[i] as number);
        }
        data[unit] = shift;
      }
    });
  });
  edit(parameters, 'projector.out.kernel', (kernel) => {
    for (const at of OUTPUTS) kernel.scaleColumns(at, 1, 0);
    for (const [u, unit] of units.entries()) {
      kernel.scaleRows(unit, 1, 0);
      for (const [i, at] of OUTPUTS.entries()) kernel.add(unit, at, learnt.out[u * OUTPUTS.length + i] as number);
    }
  });
  edit(parameters, 'projector.out.bias', ({ data }) => {
    for (const [i, at] of OUTPUTS.entries()) data[at] = learnt.base[i] as number;
  });
}

/** Box and Muller: two uniform numbers make two normal ones. */
function drawNormal(count: number, deviation: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.next()));
    return radius * Math.cos(2 * Math.PI * random.next());
  });
}
