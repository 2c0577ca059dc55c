/**
 * How often an interval holds the true value: samples of 5 to 50 scores are drawn from populations whose mean is known,
 * and the intervals that tables would show are made of each. The populations are the scores and paired differences of
 * runs/reference/games.json, and drawn ones that are as skewed as games are. Peers are other methods on the same
 * samples.
 */
import { readFileSync } from 'node:fs';
import { createRandom } from '../src/core/index.js';
import { bootstrapInterval, type Interval, interquartileMean, mean, meanInterval } from '../src/evaluation/index.js';
import { type Benchmark, type BenchmarkRow, ratioOf } from './benchmark.js';
import { otherIntervals } from './lib/interval-methods.js';
import { type Population, populations } from './lib/score-populations.js';

const SIZES = [5, 10, 20, 50];
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 1000);
const RESAMPLES = 1000;

const benchmark: Benchmark = async () => {
  const table = readFileSync(new URL('../runs/reference/games.json', import.meta.url), 'utf8');
  const all = populations(JSON.parse(table));
  return SIZES.flatMap((size) => rowsOf(size, all));
};

export default benchmark;

interface Held {
  /** Share of samples whose interval held the true value, by population. */
  readonly shares: number[];
  /** Mean width, by population. */
  readonly widths: number[];
}

function rowsOf(size: number, all: readonly Population[]): BenchmarkRow[] {
  const held = new Map<string, Held>();
  for (const population of all) measure(population, size, held);
  const ours = held.get('ours') as Held;
  const rows = [...held].flatMap(([method, peer]): BenchmarkRow[] => {
    if (method === 'ours' || method === OURS_OF_THE_MIDDLE) return [];
    const row = (what: string, a: number, b: number, unit: string): BenchmarkRow => {
      return {
        measure: `${size} scores, ${what}, against ${method}`,
        ours: a,
        peer: b,
        unit,
        ratio: ratioOf(a, b),
        goal: null,
      };
    };
    return [
      row('the mean is held, all populations', mean(ours.shares), mean(peer.shares), 'of 0.95'),
      row('the worst of them', Math.min(...ours.shares), Math.min(...peer.shares), 'of 0.95'),
      row('width', mean(ours.widths), mean(peer.widths), 'of Student’s t'),
    ];
  });
  const middle = held.get(OURS_OF_THE_MIDDLE) as Held;
  const last: BenchmarkRow = {
    ...{ measure: `${size} scores, the interquartile mean is held, all populations`, ours: mean(middle.shares) },
    ...{ peer: null, unit: 'of 0.95', ratio: null, goal: null },
  };
  return [...rows, last];
}

const OURS_OF_THE_MIDDLE = 'ours, interquartile mean';

function measure({ draw, ofMean, ofMiddle }: Population, size: number, held: Map<string, Held>): void {
  const random = createRandom(size, 'samples');
  const counts = new Map<string, { hits: number; width: number; samples: number }>();
  const note = (method: string, interval: Interval | null, value: number, unit: number): void => {
    const count = counts.get(method) ?? { hits: 0, width: 0, samples: 0 };
    counts.set(method, count);
    // No interval is said of equal scores, and nothing is held.
    if (interval === null) return;
    count.samples += 1;
    if (interval[0] <= value && value <= interval[1]) count.hits += 1;
    count.width += (interval[1] - interval[0]) / unit;
  };
  for (let sample = 0; sample < SAMPLES; sample++) {
    const values = Float64Array.from({ length: size }, draw);
    const options = { resamples: RESAMPLES, seed: sample };
    const ours = meanInterval([...values], options);
    if (ours === null) continue;
    const others = otherIntervals(values, random);
    const [low, high] = others["Student's t"] as Interval;
    note('ours', ours, ofMean, high - low);
    for (const [method, interval] of Object.entries(others)) note(method, interval, ofMean, high - low);
    note(OURS_OF_THE_MIDDLE, bootstrapInterval([...values], interquartileMean, options), ofMiddle, high - low);
  }
  for (const [method, { hits, width, samples }] of counts) {
    const all = held.get(method) ?? { shares: [], widths: [] };
    held.set(method, all);
    all.shares.push(hits / samples);
    all.widths.push(width / samples);
  }
}
