/** Linear regression with a small penalty, solved at once. */

/**
 * The weights W that make ‖X W − Y‖² + penalty · n · ‖W‖² least, for `rows` = n rows.
 * @param gram Xᵀ X, [inputs · inputs].
 * @param cross Xᵀ Y, [inputs · outputs].
 * @returns W, [inputs · outputs].
 */
export function solveRidge(
  gram: ArrayLike<number>,
  cross: ArrayLike<number>,
  { inputs, rows, penalty }: { readonly inputs: number; readonly rows: number; readonly penalty: number },
): Float64Array {
  const factor = choleskyFactor(gram, inputs, penalty * rows);
  const outputs = cross.length / inputs;
  const solution = Float64Array.from(cross);
  // L z = B, then Lᵀ W = z, all columns together.
  for (let i = 0; i < inputs; i++) {
    for (let k = 0; k < i; k++) subtractRow(solution, i, k, factor[i * inputs + k] as number, outputs);
    divideRow(solution, i, factor[i * inputs + i] as number, outputs);
  }
  for (let i = inputs - 1; i >= 0; i--) {
    for (let k = i + 1; k < inputs; k++) subtractRow(solution, i, k, factor[k * inputs + i] as number, outputs);
    divideRow(solution, i, factor[i * inputs + i] as number, outputs);
  }
  return solution;
}

/** The lower triangle L with L Lᵀ = matrix + ridge · 1. */
function choleskyFactor(matrix: ArrayLike<number>, size: number, ridge: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (matrix[i * size + j] as number) + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= (factor[i * size + k] as number) * (factor[j * size + k] as number);
      factor[i * size + j] = i === j ? Math.sqrt(sum) : sum / (factor[j * size + j] as number);
    }
  }
  return factor;
}

function subtractRow(values: Float64Array, to: number, from: number, factor: number, width: number): void {
  for (let c = 0; c < width; c++) {
    values[to * width + c] = (values[to * width + c] as number) - factor * (values[from * width + c] as number);
  }
}

function divideRow(values: Float64Array, row: number, divisor: number, width: number): void {
  for (let c = 0; c < width; c++) values[row * width + c] = (values[row * width + c] as number) / divisor;
}
