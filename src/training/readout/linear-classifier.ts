/**
 * The linear map that tells classes from features, by least squares against one for the right class and nought for the
 * others.
 */
import { solveRidge } from '../start/least-squares.js';

/** Of the squared features, which are brought to a mean square of 1 first. */
const PENALTY = 1e-4;

/** Features of many things, row after row, and the class of each. */
export interface Labelled {
  /** [rows · width] */
  readonly features: Float32Array;
  readonly classes: readonly number[];
}

/** The share of `tested` whose class a map fitted on `fitted` tells. */
export function linearAccuracy(fitted: Labelled, tested: Labelled, classes: number): number {
  const scale = scaleOf(fitted);
  const inputs = fitted.features.length / fitted.classes.length + 1;
  const [gram, cross] = [new Float64Array(inputs * inputs), new Float64Array(inputs * classes)];
  for (const [row, right] of fitted.classes.entries()) {
    const x = rowOf(fitted, row, scale);
    for (let i = 0; i < inputs; i++) {
      const value = x[i] as number;
      for (let j = 0; j <= i; j++) gram[i * inputs + j] = (gram[i * inputs + j] as number) + value * (x[j] as number);
      cross[i * classes + right] = (cross[i * classes + right] as number) + value;
    }
  }
  const weights = solveRidge(gram, cross, { inputs, rows: fitted.classes.length, penalty: PENALTY });
  const hits = tested.classes.filter((right, row) => bestOf(rowOf(tested, row, scale), weights, classes) === right);
  return hits.length / tested.classes.length;
}

/** The share of the commonest of the fitted classes among the tested: what is right without looking. */
export function commonestAccuracy(fitted: readonly number[], tested: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const one of fitted) counts.set(one, (counts.get(one) ?? 0) + 1);
  const [commonest] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [-1];
  return tested.filter((one) => one === commonest).length / tested.length;
}

function scaleOf({ features }: Labelled): number {
  return 1 / Math.sqrt(features.reduce((sum, value) => sum + value * value, 0) / features.length || 1);
}

/** A row's features, scaled, and a constant one. */
function rowOf({ features, classes }: Labelled, row: number, scale: number): Float64Array {
  const width = features.length / classes.length;
  const x = new Float64Array(width + 1).fill(1);
  for (let i = 0; i < width; i++) x[i] = (features[row * width + i] as number) * scale;
  return x;
}

function bestOf(x: Float64Array, weights: Float64Array, classes: number): number {
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let c = 0; c < classes; c++) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (weights[i * classes + c] as number);
    if (sum > most) [best, most] = [c, sum];
  }
  return best;
}
