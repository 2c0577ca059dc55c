/**
 * A projector that begins by saying, as well as a linear map of the encoder's features can, what is in a patch: least
 * squares from the features to the patch's content, beside a unit and marks that are the same for all. It is the same
 * for PAE-LaMM and `frozen`, and shows at once how much of the pixels an encoder lets through.
 */
import * as tf from '@tensorflow/tfjs';
import type { Frame } from '../../core/nd-array.js';
import type { ImageProcessing } from '../../model/image/index.js';
import type { Network } from '../../model/network/network.js';
import type { DrawnScene } from '../pictures/index.js';
import { CODE, CONTENT_SIZE } from './code/layout.js';
import { edit } from './edit-parameter.js';
import { fitFeatures } from './feature-regression.js';
import { PatchContent } from './patch-content.js';
import type { Span } from './spans.js';
import { fitThings } from './things/fit-things.js';

/** Between the two layers of the projector: far enough to the right that GELU is a straight line. */
const [SCALE, SHIFT] = [0.25, 4.5];
/** Deviation of the second layer's random part. */
const NOISE = 0.0005;

/** What a projector is fitted on. */
export interface FittedOn {
  readonly pictures: readonly Frame[];
  /** Where it shall tell what lies in a patch too. */
  readonly things?: { readonly scenes: readonly DrawnScene[]; readonly seed: number; readonly updates: number };
}

/** Sets the projector of a network from some pictures. @returns the part of the content's variance that it explains. */
export function fitProjector(network: Network, processing: ImageProcessing, { pictures, things }: FittedOn): number {
  const content = new PatchContent(network.config);
  const { size } = content;
  const energy = { all: 0, mean: new Float64Array(size), rows: 0 };
  const contentOf = (batch: readonly Frame[]): tf.Tensor2D => {
    const values = content.of(batch);
    return tf.tensor2d(values, [values.length / size, size]);
  };
  const { weights, inputs, cross } = fitFeatures(network, processing, pictures, contentOf, (targets) =>
    addEnergy(energy, targets, size),
  );
  const told = things ? [CODE.constant, CODE.isPatch, CODE.content, CODE.unit] : [{ start: 0, size }];
  writeProjector(network, weights, inputs, told);
  if (things) {
    const units = Array.from({ length: size }, (_, unit) => unit).filter((unit) => !isIn(told, unit));
    fitThings(network, processing, things.scenes, { content, units, seed: things.seed, updates: things.updates });
  }
  return explained(weights, cross, energy, { inputs, size });
}

/**
 * First layer: the map, in the straight part of GELU; second layer: back from there. Units that tell nothing stay
 * random, where GELU bends.
 */
function writeProjector(network: Network, weights: Float64Array, inputs: number, told: readonly Span[]): void {
  const { parameters } = network;
  edit(parameters, 'projector.in.kernel', (kernel) => {
    for (let at = 0; at < kernel.data.length; at++) {
      if (isIn(told, at % kernel.columns)) kernel.data[at] = SCALE * (weights[at] as number);
    }
  });
  edit(parameters, 'projector.in.bias', ({ data }) => {
    for (let i = 0; i < data.length; i++) {
      if (isIn(told, i)) data[i] = SCALE * (weights[(inputs - 1) * data.length + i] as number) + SHIFT;
    }
  });
  let shifts = new Float32Array();
  edit(parameters, 'projector.out.kernel', (kernel) => {
    kernel.rescale(NOISE);
    for (let i = 0; i < kernel.columns; i++) {
      if (isIn(told, i)) kernel.add(i, i, 1 / SCALE);
      else kernel.scaleRows(i, 1, 0);
    }
    shifts = Float32Array.from({ length: kernel.columns }, (_, column) => SHIFT * kernel.sumOfColumn(column));
  });
  edit(parameters, 'projector.out.bias', ({ data }) => data.set(shifts.map((shift) => -shift)));
}

function isIn(spans: readonly Span[], value: number): boolean {
  return spans.some(({ start, size }) => value >= start && value < start + size);
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
