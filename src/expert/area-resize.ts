/**
 * OpenCV's INTER_AREA shrinking, for imported experts: each output pixel is the mean of the input pixels that its cell
 * covers, weighted by the covered length. In float32, columns before rows, rounded half to even, as in
 * `agent_envs.area_resize`.
 */
/** Pixels of uint8 in rows, channels last. */
export interface Picture {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Stands for a frame before the first; its zeros are no picture of anything. */
  readonly isMissing?: true;
}

/** Input cells under one output cell, with float32 weights that sum to 1. */
interface Cover {
  readonly first: number;
  readonly weights: Float32Array;
}

/** Shrinks to `height` x `width`, all channels alike. */
export function areaResize({ data, height, width, channels }: Picture, toHeight: number, toWidth: number): Picture {
  const across = covers(width, toWidth);
  const down = covers(height, toHeight);
  const narrow = new Float32Array(height * toWidth * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < toWidth; x++) {
      const { first, weights } = across[x] as Cover;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) {
          const value = data[(y * width + first + i) * channels + c] as number;
          sum = Math.fround(sum + Math.fround((weights[i] as number) * value));
        }
        narrow[(y * toWidth + x) * channels + c] = sum;
      }
    }
  }
  const out = new Uint8Array(toHeight * toWidth * channels);
  const row = toWidth * channels;
  for (let y = 0; y < toHeight; y++) {
    const { first, weights } = down[y] as Cover;
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) {
        sum = Math.fround(sum + Math.fround((weights[j] as number) * (narrow[(first + j) * row + i] as number)));
      }
      out[y * row + i] = Math.min(255, Math.max(0, roundHalfToEven(sum)));
    }
  }
  return { data: out, height: toHeight, width: toWidth, channels };
}

function covers(from: number, to: number): Cover[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, out) => {
    const start = out * scale;
    const stop = Math.min((out + 1) * scale, from);
    const first = Math.floor(start);
    const weights = new Float32Array(Math.ceil(stop - 1e-9) - first);
    for (let i = 0; i < weights.length; i++) {
      weights[i] = (Math.min(stop, first + i + 1) - Math.max(start, first + i)) / (stop - start);
    }
    return { first, weights };
  });
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
