/** Changing the values of a parameter before training. */
import * as tf from '@tensorflow/tfjs';
import type { Parameters } from '../../model/network/parameters.js';
import type { Span } from './spans.js';

/** Values of a matrix, row by row. */
export class Matrix {
  constructor(
    readonly data: Float32Array,
    readonly columns: number,
  ) {}

  add(row: number, column: number, value: number): void {
    const at = row * this.columns + column;
    this.data[at] = (this.data[at] as number) + value;
  }

  /** Adds values to a row from a column on. */
  addRow(row: number, column: number, values: readonly number[], factor = 1): void {
    values.forEach((value, i) => {
      this.add(row, column + i, value * factor);
    });
  }

  scaleColumns(first: number, count: number, factor: number): void {
    for (let at = 0; at < this.data.length; at++) {
      const column = at % this.columns;
      if (column >= first && column < first + count) this.data[at] = (this.data[at] as number) * factor;
    }
  }

  scaleRows(first: number, count: number, factor: number): void {
    for (let at = first * this.columns; at < (first + count) * this.columns; at++) {
      this.data[at] = (this.data[at] as number) * factor;
    }
  }

  /** Scales what stands in some rows and in some columns. */
  scaleBlock(rows: Span, columns: Span, factor: number): void {
    for (let row = rows.start; row < rows.start + rows.size; row++) {
      for (let column = columns.start; column < columns.start + columns.size; column++) {
        const at = row * this.columns + column;
        this.data[at] = (this.data[at] as number) * factor;
      }
    }
  }

  sumOfColumn(column: number): number {
    let sum = 0;
    for (let at = column; at < this.data.length; at += this.columns) sum += this.data[at] as number;
    return sum;
  }

  /** Brings values drawn with one standard deviation to another. */
  rescale(deviation: number): void {
    const mean = this.data.reduce((sum, value) => sum + value * value, 0) / this.data.length;
    const factor = deviation / Math.sqrt(mean);
    for (let at = 0; at < this.data.length; at++) this.data[at] = (this.data[at] as number) * factor;
  }
}

/** Lets `change` write into a parameter, seen as a matrix whose columns are its last axis. */
export function edit(parameters: Parameters, name: string, change: (matrix: Matrix) => void): void {
  const variable = parameters.get(name);
  const data = variable.dataSync<'float32'>().slice();
  change(new Matrix(data, variable.shape.at(-1) ?? 1));
  const value = tf.tensor(data, variable.shape);
  variable.assign(value);
  value.dispose();
}
