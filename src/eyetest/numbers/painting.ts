/** A picture painted from the answers about a regular grid of its pixels. */
import type { Frame } from '../../core/index.js';
import { UNPARSED_COLOUR } from '../../training/pvp/index.js';
import type { NumberLine } from './number-line.js';
import { inParts } from './number-results.js';
import type { NumberRun } from './number-run.js';
import { GRID, gridPlace } from './pixels.js';

export interface Painting {
  readonly original: Frame;
  /** A field of the grid has the color of its answer; without one it is magenta. */
  readonly painted: Frame;
  /** What the right answers would paint. */
  readonly best: Frame;
  /** Peak signal-to-noise ratio in decibels over the fields that have an answer; null where none has. */
  readonly psnr: number | null;
  /** The same of the right answers, over all fields: more cannot be had from so few pixels. */
  readonly bestPsnr: number;
}

/** Undefined where the test paints nothing. */
export function paintingOf({ test, lines, questions }: NumberRun): Painting | undefined {
  if (test.kind !== 'painting') return undefined;
  const original = questions.question(0).frame;
  const [answered, right] = [new Map<string, Colour>(), new Map<string, Colour>()];
  for (let trial = 0; trial < questions.count; trial++) {
    const { places, truth } = questions.question(trial);
    fill(right, places, truth);
    const numbers = lines.find((line: NumberLine) => line.trial === trial)?.numbers;
    if (numbers) fill(answered, places, numbers);
  }
  const [painted, best] = [paint(original, answered), paint(original, right)];
  return { original, painted: painted.frame, best: best.frame, psnr: painted.psnr, bestPsnr: best.psnr as number };
}

type Colour = readonly number[];
interface At {
  readonly y: number;
  readonly x: number;
}

function fill(colors: Map<string, Colour>, places: readonly At[], numbers: readonly number[]): void {
  for (const [i, color] of inParts(numbers, 3).entries()) {
    const { y, x } = places[i] as At;
    colors.set(`${y} ${x}`, color);
  }
}

/** Each pixel in the color of the grid's nearest one. */
function paint({ shape, data }: Frame, colors: ReadonlyMap<string, Colour>): { frame: Frame; psnr: number | null } {
  const [height, width] = shape as [number, number, number];
  const painted = new Uint8Array(data.length);
  let [squared, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = colors.get(`${gridAt(y, height)} ${gridAt(x, width)}`);
      const at = (y * width + x) * 3;
      painted.set(color ?? UNPARSED_COLOUR, at);
      if (!color) continue;
      count += 3;
      for (let c = 0; c < 3; c++) squared += ((data[at + c] as number) - (color[c] as number)) ** 2;
    }
  }
  const psnr = count === 0 ? null : 10 * Math.log10((255 ** 2 * count) / Math.max(squared, 1e-9));
  return { frame: { dtype: 'uint8', shape, data: painted }, psnr };
}

/** The row or column of the grid that a pixel's field belongs to. */
const gridAt = (place: number, length: number): number => gridPlace(Math.floor((place * GRID) / length), length);
