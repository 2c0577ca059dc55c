/**
 * The time of a decision and the memory of the weights against the size of the model. The largest is a LLaVA-1.5 of 7
 * billion parameters: its memory follows from its configuration, and its time from the products of a decision at the
 * speed that the largest measured network reaches here.
 */
import { rm } from 'node:fs/promises';
import { type ModelConfig, parseModelConfig } from '../../src/model/config/index.js';
import { parameterSpecs } from '../../src/model/network/parameter-specs.js';
import { type BenchmarkRow, curvePoint, row } from '../benchmark.js';
import { medianMs } from '../lib/sampling.js';
import { LLAVA_7B, makeNetwork, SIZES, type Size } from '../model/networks.js';
import { Ours } from '../model/ours.js';

const THREADS = 2;
const REPEATS: Record<Size, number> = { mini: 20, 'SmolLM2-135M + CLIP-B/16': 4 };
const GIGABYTE = 1e9;
/** Tokens of text of a decision on paper, about those of a game. */
const INSTRUCTIONS = 170;

/** Points of the plots, and what the largest model would need. */
export async function sizeRows(): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  let speed = Number.NaN;
  for (const size of Object.keys(SIZES) as Size[]) {
    const config = parseModelConfig(SIZES[size], size);
    const { milliseconds, tokens } = await measure(size);
    speed = operations(config, tokens) / milliseconds;
    rows.push(...pointsOf('measured', config, milliseconds));
    rows.push(row(`${size}: speed of its products`, speed / 1e6, null, 'GFLOP/s', null));
  }
  const large = parseModelConfig(LLAVA_7B, 'LLaVA-1.5 7B');
  const picture = large.image?.tokensPerImage ?? 0;
  const milliseconds = operations(large, { text: INSTRUCTIONS, patches: 2 * picture }) / speed;
  return [...rows, ...pointsOf('on paper', large, milliseconds), ...weights(large)];
}

interface Tokens {
  readonly text: number;
  readonly patches: number;
}

/** Of a decision with nothing cached. */
async function measure(size: Size): Promise<{ milliseconds: number; tokens: Tokens }> {
  const { network, folder } = await makeNetwork(size, THREADS);
  try {
    using ours = new Ours(network);
    const frames = [ours.frame(), ours.frame()];
    const milliseconds = await medianMs(() => ours.cold(frames), REPEATS[size]);
    const patches = frames.length * network.image.tokensPerImage;
    return { milliseconds, tokens: { text: ours.prompt.length - patches, patches } };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Multiplications and additions: two for each weight that a token meets. Attention itself is left out. */
function operations(config: ModelConfig, { text, patches }: Tokens): number {
  const { vision, language } = parameters(config);
  return 2 * (vision * patches + language * (text + patches));
}

function pointsOf(line: string, config: ModelConfig, milliseconds: number): BenchmarkRow[] {
  const { all } = parameters(config);
  const across = 'million parameters (log)';
  const at = { line, x: all / 1e6, across };
  return [
    curvePoint({ ...at, plot: 'time of a decision against the size of the model', isLog: true }, milliseconds, 'ms'),
    curvePoint({ ...at, plot: 'memory of the weights, float32', isLog: true }, (4 * all) / GIGABYTE, 'GB'),
  ];
}

/** What reading shards in bfloat16 brings: the file is half, and no more than one tensor is held beside the weights. */
function weights(config: ModelConfig): BenchmarkRow[] {
  const { all, largest } = parameters(config);
  const of = (what: string, bytes: number): BenchmarkRow =>
    row(`LLaVA-1.5 7B on paper: ${what}`, bytes / GIGABYTE, null, 'GB', null);
  return [
    of('file in bfloat16', 2 * all),
    of('weights in memory, which are float32', 4 * all),
    of('the most beside them while shards are read tensor by tensor', 2 * largest),
    of('the same if the whole file were read at once', 2 * all),
  ];
}

/** Weights of the matrices that a patch and a token of the decoder meet, all weights, those of the largest tensor. */
function parameters(config: ModelConfig): { vision: number; language: number; all: number; largest: number } {
  const specs = parameterSpecs(config);
  const sizes = (all: typeof specs): number[] =>
    all.flatMap(({ pieces }) => pieces.map(({ shape }) => shape.reduce((product, length) => product * length, 1)));
  const total = (all: typeof specs): number => sizes(all).reduce((sum, size) => sum + size, 0);
  // The head is asked at the answer alone.
  const met = specs.filter(({ layout, name }) => layout !== 'plain' && !/(^|\.)head\./.test(name));
  return {
    vision: total(met.filter(({ part }) => part !== 'language')),
    language: total(met.filter(({ part }) => part === 'language')),
    all: total(specs),
    largest: Math.max(...sizes(specs)),
  };
}
