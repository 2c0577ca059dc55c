/**
 * The expert's decisions: how long one takes alone, from the emulator's frame to the action, and how much a batch of 32
 * gains over asking one by one. The peer of the batch is the same network, one observation at a time.
 */
import { join } from 'node:path';
import { createRandom, type Frame } from '../src/core/index.js';
import { projectPaths } from '../src/core/project-paths.js';
import { Expert } from '../src/expert/index.js';
import { type Benchmark, type BenchmarkRow, row } from './benchmark.js';
import { quantile } from './lib/sampling.js';

const DECISIONS = 400;
const BATCH = 32;
const ROUNDS = 15;

const benchmark: Benchmark = async () => [...(await measure('carracing')), ...(await measure('spaceinvaders'))];

export default benchmark;

async function measure(game: string): Promise<BenchmarkRow[]> {
  using expert = await Expert.load(join(projectPaths.models, `expert-${game}`));
  const frames = noise(expert.config.preprocessing.input_shape, 8);
  const pick = (i: number) => frames[i % frames.length] as Frame;
  const history = expert.createHistory();
  const alone = timed(DECISIONS, (i) => expert.decide([history.push(pick(i))]));
  const stacks = Array.from({ length: BATCH }, (_, i) => expert.createHistory().push(pick(i)));
  // Both take turns, so that a disturbance of the machine meets both.
  const together: number[] = [];
  const oneByOne: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    together.push(...timed(1, () => expert.decide(stacks)));
    oneByOne.push(...timed(1, () => stacks.map((stack) => expert.decide([stack]))));
  }
  const [batched, single] = [together, oneByOne].map((times) => (1000 * BATCH) / quantile(times, 0.5)) as [
    number,
    number,
  ];
  return [
    row(`${game}, decision alone, p50`, quantile(alone, 0.5), null, 'ms', '<= 5'),
    row(`${game}, decision alone, p99`, quantile(alone, 0.99), null, 'ms', null),
    row(`${game}, batch of ${BATCH} against one by one`, batched, single, 'decisions/s', '>= 5'),
  ];
}

/** Milliseconds of each call, after a few that warm up. */
function timed(count: number, action: (i: number) => unknown): number[] {
  for (let i = 0; i < 3; i++) action(i);
  return Array.from({ length: count }, (_, i) => {
    const start = performance.now();
    action(i);
    return performance.now() - start;
  });
}

function noise(shape: readonly [number, number, number], count: number): Frame[] {
  const random = createRandom(1, 'bench:expert');
  const size = shape[0] * shape[1] * shape[2];
  return Array.from({ length: count }, () => ({
    dtype: 'uint8',
    shape,
    data: Uint8Array.from({ length: size }, () => random.integer(256)),
  }));
}
