/**
 * A projector that begins by saying, as well as a linear map of the encoder's features can, what is in a patch: least squares
 * from the features to the patch's content, beside a unit and marks that are the same for all. It is the same for PAE-LaMM
 * and its baseline, and shows at once how much of the pixels an encoder lets through.
 */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import type { ImageConfig } from '../../model/config/index.js';
import type { ImageProcessing } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import { asUnit, CODE, CONTENT_SIZE, contentGain, PATCH_MARK, UNIT } from './code-layout.js';
import { edit } from './edit-parameter.js';
import { fitFeatures } from './feature-regression.js';
import { patchBasis } from './patch-basis.js';
import { stackPictures } from './patch-features.js';

/** Between the two layers of the projector: far enough to the right that GELU is a straight line. */
const [SCALE, SHIFT] = [0.25, 4.5];
/** Deviation of the second layer's random part. */
const NOISE = 0.0005;
/** Of code and content together: about what makes a hidden state's values 1 in the mean square. */
const STATE_SCALE = 2;

/** Sets the projector of a network from some pictures. @returns the part of the content's variance that it explains. */
export function fitProjector(network: Network, pictures: readonly Frame[], processing: ImageProcessing): number {
  const { image } = network;
  const size = network.config.text.hiddenSize;
  const basis = basisMatrix(image);
  const energy = { all: 0, mean: new Float64Array(size), rows: 0 };
  const told = (batch: readonly Frame[]): tf.Tensor2D => {
    const units = batch.map(({ data }) => Float32Array.from(data, asUnit));
    return targetsOf(stackPictures(units, image.vision.imageSize), basis, image, size);
  };
  const { weights, inputs, cross } = fitFeatures(network, processing, pictures, told, (targets) =>
    addEnergy(energy, targets, size),
  );
  writeProjector(network, weights, inputs);
  return explained(weights, cross, energy, { inputs, size });
}

/** The functions that content is told by, with their gains: [patch, patch, 3, content]. */
function basisMatrix({ vision }: ImageConfig): Float32Array {
  const matrix = new Float32Array(vision.patchSize ** 2 * 3 * CONTENT_SIZE);
  for (const [i, { values, gain }] of patchBasis(vision.patchSize, CONTENT_SIZE).entries()) {
    values.forEach((value, at) => {
      matrix[at * CONTENT_SIZE + i] = value * contentGain(gain, vision.patchSize);
    });
  }
  return matrix;
}

/**
 * Code and content of every patch: [pictures · patches, size].
 * @param units colours from −1 to 1.
 */
function targetsOf(units: tf.Tensor4D, basis: Float32Array, { vision }: ImageConfig, size: number): tf.Tensor2D {
  const { patchSize: patch, imageSize } = vision;
  const grid = Math.floor(imageSize / patch);
  const [count, patches, content] = [units.shape[0], grid * grid, CODE.content.start];
  const told = tf.conv2d(units, tf.tensor4d(basis, [patch, patch, 3, CONTENT_SIZE]), patch, 'valid');
  const marks = new Float32Array(content);
  marks[CODE.constant.start] = PATCH_MARK;
  marks[CODE.isPatch.start] = PATCH_MARK;
  const code = tf.tile(tf.tensor3d(marks, [1, 1, content]), [count, patches, 1]);
  const unit = tf.fill([count, patches, 1], UNIT);
  const rest = tf.zeros([count, patches, size - CODE.unit.start - 1]);
  const whole = tf.concat([code, tf.reshape(told, [count, patches, CONTENT_SIZE]), unit, rest], 2);
  return tf.mul(tf.reshape(whole, [count * patches, size]), STATE_SCALE) as tf.Tensor2D;
}

/** First layer: the map, in the straight part of GELU; second layer: back from there. */
function writeProjector(network: Network, weights: Float64Array, inputs: number): void {
  const { parameters } = network;
  edit(parameters, 'projector.in.kernel', (kernel) => {
    for (let at = 0; at < kernel.data.length; at++) kernel.data[at] = SCALE * (weights[at] as number);
  });
  edit(parameters, 'projector.in.bias', ({ data }) => {
    for (let i = 0; i < data.length; i++) data[i] = SCALE * (weights[(inputs - 1) * data.length + i] as number) + SHIFT;
  });
  let shifts = new Float32Array();
  edit(parameters, 'projector.out.kernel', (kernel) => {
    kernel.rescale(NOISE);
    for (let i = 0; i < kernel.columns; i++) kernel.add(i, i, 1 / SCALE);
    shifts = Float32Array.from({ length: kernel.columns }, (_, column) => SHIFT * kernel.sumOfColumn(column));
  });
  edit(parameters, 'projector.out.bias', ({ data }) => data.set(shifts.map((shift) => -shift)));
}

interface Energy {
  all: number;
  readonly mean: Float64Array;
  rows: number;
}

function addEnergy(energy: Energy, targets: Float32Array, size: number): void {
  energy.rows += targets.length / size;
  for (let at = 0; at < targets.length; at++) {
    const column = at % size;
    const value = targets[at] as number;
    energy.mean[column] = (energy.mean[column] as number) + value;
    if (isContent(column)) energy.all += value * value;
  }
}

function isContent(column: number): boolean {
  return column >= CODE.content.start && column < CODE.content.start + CONTENT_SIZE;
}

/** 1 − residual / variance over the content; Σ W ⊙ XᵀY is what the fit takes off the squares. */
function explained(
  weights: Float64Array,
  cross: Float64Array,
  energy: Energy,
  { inputs, size }: { inputs: number; size: number },
): number {
  let fitted = 0;
  for (let row = 0; row < inputs; row++) {
    for (let column = CODE.content.start; isContent(column); column++) {
      fitted += (weights[row * size + column] as number) * (cross[row * size + column] as number);
    }
  }
  const [first, behind] = [CODE.content.start, CODE.content.start + CONTENT_SIZE];
  const ofMeans = energy.mean.slice(first, behind).reduce((sum, total) => sum + (total * total) / energy.rows, 0);
  return 1 - (energy.all - fitted) / (energy.all - ofMeans);
}
