/**
 * Resizing pictures exactly as Pillow does (`Resample.c`, 8 bits a channel): the same kernels, the same fixed-point
 * coefficients, first along rows and then along columns with rounding to bytes between. Models are trained on what
 * Pillow makes; libvips' kernels differ by several grey levels at edges.
 */
import type { Frame } from '../../core/nd-array.js';

/** Pillow's filters by the numbers that preprocessor_config.json holds. */
export const RESAMPLE = { 0: 'nearest', 1: 'lanczos', 2: 'bilinear', 3: 'bicubic', 4: 'box', 5: 'hamming' } as const;
export type Resample = (typeof RESAMPLE)[keyof typeof RESAMPLE];

/** A filter: half its width in source pixels when enlarging, and its weight at a distance. */
interface Filter {
  readonly support: number;
  weight(x: number): number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const filters: Readonly<Record<Exclude<Resample, 'nearest'>, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI))),
  },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x)) },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Keys' cubic with a = −0.5. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** Pillow computes in 32 bits: 8 for the value, 2 for overshoot of the kernel, the rest for the coefficient. */
const PRECISION = 32 - 8 - 2;

/** A picture of another size. */
export function resize(frame: Frame, height: number, width: number, resample: Resample): Frame {
  const [oldHeight, oldWidth] = frame.shape as [number, number, number];
  if (oldHeight === height && oldWidth === width) return frame;
  if (resample === 'nearest') return nearest(frame, height, width);
  const wide = oldWidth === width ? frame : resampleRows(frame, width, filters[resample]);
  return oldHeight === height ? wide : resampleColumns(wide, height, filters[resample]);
}

function nearest({ shape, data }: Frame, height: number, width: number): Frame {
  const [oldHeight, oldWidth, channels] = shape as [number, number, number];
  const out = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * oldHeight) / height) * oldWidth;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(((x + 0.5) * oldWidth) / width)) * channels;
      const to = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = data[from + c] as number;
    }
  }
  return { dtype: 'uint8', shape: [height, width, channels], data: out };
}

function resampleRows({ shape, data }: Frame, width: number, filter: Filter): Frame {
  const [height, oldWidth, channels] = shape as [number, number, number];
  const taps = coefficients(oldWidth, width, filter);
  const out = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = taps[x] as Taps;
      for (let c = 0; c < channels; c++) {
        out[(y * width + x) * channels + c] = weigh(data, (y * oldWidth + first) * channels + c, channels, weights);
      }
    }
  }
  return { dtype: 'uint8', shape: [height, width, channels], data: out };
}

function resampleColumns({ shape, data }: Frame, height: number, filter: Filter): Frame {
  const [oldHeight, width, channels] = shape as [number, number, number];
  const taps = coefficients(oldHeight, height, filter);
  const stride = width * channels;
  const out = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const { first, weights } = taps[y] as Taps;
    for (let i = 0; i < stride; i++) out[y * stride + i] = weigh(data, first * stride + i, stride, weights);
  }
  return { dtype: 'uint8', shape: [height, width, channels], data: out };
}

/** Source pixels that make one target pixel. */
interface Taps {
  readonly first: number;
  /** Fixed-point, adding up to about 2^PRECISION. */
  readonly weights: Int32Array;
}

function coefficients(from: number, to: number, { support, weight }: Filter): Taps[] {
  const scale = from / to;
  // When shrinking, the kernel is stretched over the source pixels, which is Pillow's antialiasing.
  const stretch = Math.max(scale, 1);
  const radius = support * stretch;
  return Array.from({ length: to }, (_, target) => {
    const centre = (target + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - radius + 0.5), 0);
    const last = Math.min(Math.trunc(centre + radius + 0.5), from);
    const raw = Array.from({ length: last - first }, (_, i) => weight((i + first - centre + 0.5) / stretch));
    const total = raw.reduce((sum, value) => sum + value, 0);
    const weights = Int32Array.from(raw, (value) => {
      const fixed = (total === 0 ? value : value / total) * 2 ** PRECISION;
      return Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
    return { first, weights };
  });
}

function weigh(data: Uint8Array, start: number, stride: number, weights: Int32Array): number {
  let sum = 1 << (PRECISION - 1);
  for (let i = 0; i < weights.length; i++) sum += (data[start + i * stride] as number) * (weights[i] as number);
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
