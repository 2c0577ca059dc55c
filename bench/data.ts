/**
 * Decisions out to the layouts of Hugging Face's `datasets` and of Minari, and back: how fast, and how much memory at
 * the peak, half of the data beside it: both fill several of the files that are held whole while they are written. The
 * peer is the library's own writer over the same rows, and its reader. Pictures are 48 × 48 and noisy, so that a stored
 * one is as large as one of CarRacing (2.5 kB). BENCH_STEPS=1000000 takes a million decisions, a fifth of them for
 * Minari, which keeps pictures pixel by pixel.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createRandom } from '../src/core/index.js';
import { pythonCommand } from '../src/core/project-paths.js';
import { encodeFrame } from '../src/datasets/frame-codec.js';
import { splitOf } from '../src/datasets/schema.js';
import { mergedShardName, writeShard } from '../src/datasets/shard-files.js';
import type { StepRow } from '../src/datasets/step-table.js';
import { description } from '../test/datasets/support/episodes.js';
import { type Benchmark, type BenchmarkRow, fromEnvironment, row } from './benchmark.js';

const STEPS = 200_000;
const EPISODE = 1000;
const EPISODES_A_SHARD = 25;
const FRAME = { height: 48, width: 48, channels: 3 } as const;
/** Different pictures; each is shown again and again. */
const PICTURES = 64;
/** Of the values of a pixel that are noise, so that a picture packs to about 2.5 kB. */
const NOISE = 3;
/** Layouts, the scripts of their libraries, and which share of the decisions goes there. */
const LAYOUTS = [
  { format: 'hf', library: 'datasets', writer: 'lib/datasets_writer.py', share: 1 },
  { format: 'minari', library: 'minari', writer: 'lib/minari_writer.py', share: 0.2 },
] as const;
const PEAK = fileURLToPath(new URL('lib/peak-memory.mjs', import.meta.url));

interface Measured {
  readonly seconds: number;
  /** MiB at the peak. */
  readonly memory: number;
}

const benchmark: Benchmark = async () => {
  const root = await mkdtemp(join(tmpdir(), 'bench-data-'));
  try {
    return await measure(root, fromEnvironment('BENCH_STEPS', STEPS));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};

export default benchmark;

async function measure(root: string, steps: number): Promise<BenchmarkRow[]> {
  if (steps % (10 * EPISODE) !== 0) throw new Error(`BENCH_STEPS is a multiple of ${10 * EPISODE}, got ${steps}`);
  const rows: BenchmarkRow[] = [];
  for (const layout of LAYOUTS) {
    const folder = join(root, layout.format);
    await mkdir(folder);
    rows.push(...(await measureLayout(folder, layout, steps * layout.share)));
    await rm(folder, { recursive: true });
  }
  return rows;
}

async function measureLayout(
  root: string,
  { format, library, writer }: (typeof LAYOUTS)[number],
  steps: number,
): Promise<BenchmarkRow[]> {
  tell(`${format}: a dataset of ${steps} decisions and one of half as many`);
  await writeData(join(root, 'half'), steps / 2);
  const bytes = await writeData(join(root, 'whole'), steps);
  const half = await thereAndBack(root, 'half', format);
  const whole = await thereAndBack(root, 'whole', format);
  tell('the library itself, over the same rows');
  const python = pythonCommand();
  await mkdir(join(root, 'peer'));
  const script = fileURLToPath(new URL(writer, import.meta.url));
  const { stdout } = await execa(python.executable, [script, join(root, 'whole-out'), join(root, 'peer')]);
  const peer = JSON.parse(stdout) as { writing: number; reading: number; rows: number };
  if (peer.rows !== steps) throw new Error(`the library read ${peer.rows} rows of ${steps}`);
  const speed = (seconds: number): number => bytes / 1e6 / seconds;
  const speeds = (what: string, ours: Measured, theirs: number): BenchmarkRow =>
    row(
      `${format}: ${what} of ${steps} decisions, against ${library}`,
      speed(ours.seconds),
      speed(theirs),
      'MB/s',
      '>= 0.67',
    );
  const memory = (what: string, all: Measured, some: Measured): BenchmarkRow =>
    row(`${format}: ${what}, memory at the peak, against half as many`, all.memory, some.memory, 'MiB', '<= 1.25');
  return [
    speeds('export', whole.out, peer.writing),
    speeds('import', whole.back, peer.reading),
    memory('export', whole.out, half.out),
    memory('import', whole.back, half.back),
  ];
}

const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/** The commands as a person starts them. */
async function thereAndBack(root: string, name: string, format: string): Promise<{ out: Measured; back: Measured }> {
  tell(`${name}: export`);
  const out = await timed([
    'datasets',
    'export',
    join(root, name),
    '--format',
    format,
    '--out',
    join(root, `${name}-out`),
  ]);
  const from = [
    'datasets',
    'import',
    join(root, `${name}-out`),
    '--format',
    format,
    '--out',
    join(root, `${name}-back`),
  ];
  tell(`${name}: import`);
  const back = await timed(from);
  await rm(join(root, `${name}-back`), { recursive: true });
  return { out, back };
}

async function timed(args: readonly string[]): Promise<Measured> {
  const began = performance.now();
  const { stderr } = await execa(process.execPath, [PEAK, ...args, '--quiet']);
  const { maxRSS } = JSON.parse(stderr.split('\n').at(-1) as string) as { maxRSS: number };
  return { seconds: (performance.now() - began) / 1000, memory: maxRSS / 1024 };
}

/** A dataset of so many decisions. Resolves to the bytes of its pictures. */
async function writeData(folder: string, steps: number): Promise<number> {
  const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, seed) => picture(seed)));
  const seeds = Array.from({ length: steps / EPISODE }, (_, seed) => seed);
  await mkdir(join(folder, 'shards'), { recursive: true });
  await writeFile(join(folder, 'dataset.json'), JSON.stringify({ ...description(seeds), frame: FRAME }));
  let all = 0;
  for (let first = 0; first < seeds.length; first += EPISODES_A_SHARD) {
    const own = seeds.slice(first, first + EPISODES_A_SHARD).map((seed) => episode(seed, pictures));
    let [rows, bytes] = [0, 0];
    const episodes = own.map(({ facts }) => {
      const moved = { ...facts, first_row: rows, frames: { offset: bytes, bytes: facts.frames.bytes } };
      rows += facts.steps;
      bytes += facts.frames.bytes;
      return moved;
    });
    const moved = own.flatMap(({ rows: list }, i) =>
      list.map((one) => ({ ...one, frameOffset: one.frameOffset + (episodes[i]?.frames.offset ?? 0) })),
    );
    const frames = own.flatMap(({ frames: list }) => list);
    await writeShard(folder, mergedShardName(first / EPISODES_A_SHARD), { rows: moved, episodes, frames });
    all += bytes;
  }
  return all;
}

function episode(seed: number, pictures: readonly Uint8Array[]) {
  const random = createRandom(seed, 'bench data');
  const frames = Array.from({ length: EPISODE + 1 }, (_, i) => pictures[(seed + i) % PICTURES] as Uint8Array);
  let offset = 0;
  const rows = Array.from({ length: EPISODE }, (_, step): StepRow => {
    const frameBytes = (frames[step] as Uint8Array).length;
    offset += frameBytes;
    const truncated = step === EPISODE - 1;
    const decision = { action: random.integer(3), label: random.integer(3), isNoise: random.next() < 0.1 };
    const judged = { probabilities: [0.5, 0.25, 0.25], value: random.next(), reward: random.next() };
    const place = {
      episode: seed,
      seed,
      split: splitOf(seed),
      step,
      frame: step,
      stack: [Math.max(0, step - 1), step],
    };
    return {
      ...place,
      ...decision,
      ...judged,
      terminated: false,
      truncated,
      frameOffset: offset - frameBytes,
      frameBytes,
    };
  });
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
  const score = rows.reduce((sum, { reward }) => sum + reward, 0);
  const end = { status: 'finished', ending: 'truncated' } as const;
  const facts = { episode: seed, seed, split: splitOf(seed), steps: EPISODE, score, ...end, first_row: 0 };
  return { rows, frames, facts: { ...facts, frames: { offset: 0, bytes } } };
}

function picture(seed: number): Promise<Uint8Array> {
  const random = createRandom(seed, 'bench picture');
  const { height, width, channels } = FRAME;
  const data = Uint8Array.from({ length: height * width * channels }, () => 100 + random.integer(NOISE));
  return encodeFrame({ dtype: 'uint8', shape: [height, width, channels], data });
}
