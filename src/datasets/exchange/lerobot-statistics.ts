/**
 * Minimum, maximum, mean and deviation of every feature, as LeRobot's `meta/stats.json` holds them for normalisation.
 */
import type { Dataset } from '../dataset.js';
import { oneHot } from './lerobot-layout.js';

interface Statistics {
  readonly min: unknown;
  readonly max: unknown;
  readonly mean: unknown;
  readonly std: unknown;
  readonly count: readonly [number];
}

/** Pictures looked at; LeRobot samples them too. */
const PICTURES = 200;

/** Numbers of all steps, pixels of a sample of frames. `fps`: decisions a second. */
export function lerobotStatistics(dataset: Dataset, fps: number): Record<string, Statistics> {
  const steps = Array.from(dataset.indices(), (index) => dataset.step(index));
  const of = (values: number[]): Statistics => asLists(momentsOf(values), values.length);
  return {
    'observation.image': pictureStatistics(dataset),
    action: vectorStatistics(steps.map(({ label }) => oneHot(label, dataset.actions.length))),
    label: of(steps.map(({ label }) => label)),
    executed_action: of(steps.map(({ action }) => action)),
    'next.reward': of(steps.map(({ reward }) => reward)),
    timestamp: of(steps.map(({ step }) => step / fps)),
    frame_index: of(steps.map(({ step }) => step)),
  };
}

interface Moments {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

function momentsOf(values: Iterable<number>): Moments {
  let [count, sum, squares, min, max] = [0, 0, 0, Infinity, -Infinity];
  for (const value of values) {
    count++;
    sum += value;
    squares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / count;
  return { min, max, mean, std: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

function asLists({ min, max, mean, std }: Moments, count: number): Statistics {
  return { min: [min], max: [max], mean: [mean], std: [std], count: [count] };
}

/** By component. */
function vectorStatistics(vectors: readonly (readonly number[])[]): Statistics {
  const moments = (vectors[0] ?? []).map((_, at) => momentsOf(vectors.map((vector) => vector[at] as number)));
  const column = (of: (moments: Moments) => number): number[] => moments.map(of);
  return {
    min: column(({ min }) => min),
    max: column(({ max }) => max),
    mean: column(({ mean }) => mean),
    std: column(({ std }) => std),
    count: [vectors.length],
  };
}

/** By channel, pixels as 0 to 1, in shape [channels, 1, 1]. */
function pictureStatistics(dataset: Dataset): Statistics {
  const every = Math.max(1, Math.floor(dataset.stepCount / PICTURES));
  const frames: Uint8Array[] = [];
  for (let index = 0; index < dataset.stepCount; index += every)
    frames.push(dataset.frame(dataset.step(index).frame).data);
  const { channels } = dataset.frameShape;
  const moments = Array.from({ length: channels }, (_, channel) => momentsOf(pixels(frames, channels, channel)));
  const column = (of: (moments: Moments) => number): number[][][] => moments.map((each) => [[of(each)]]);
  return {
    min: column(({ min }) => min),
    max: column(({ max }) => max),
    mean: column(({ mean }) => mean),
    std: column(({ std }) => std),
    count: [frames.length],
  };
}

function* pixels(frames: readonly Uint8Array[], channels: number, channel: number): Generator<number> {
  for (const data of frames) for (let at = channel; at < data.length; at += channels) yield (data[at] as number) / 255;
}
