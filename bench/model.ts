/**
 * The model against transformers on PyTorch eager, in one run: the same random weights, prompt, pictures and two
 * threads. The peer's Python is what `--peers` set up, or what BENCH_PYTHON names. Both sides first prove that they
 * compute the same.
 */
import { rm } from 'node:fs/promises';
import type { Network } from '../src/model/index.js';
import { type BenchmarkRow, ratioOf } from './benchmark.js';
import { medianMs } from './lib/sampling.js';
import { makeNetwork, SIZES, type Size } from './model/networks.js';
import { Ours } from './model/ours.js';
import { type Plan, runPeer } from './model/peer.js';

const THREADS = 2;
const BATCH = 16;
const REPEATS: Record<Size, { decisions: number; training: number; samples: number }> = {
  mini: { decisions: 30, training: 5, samples: 8 },
  'SmolLM2-135M + CLIP-B/16': { decisions: 5, training: 2, samples: 1 },
};

export default async function measure(): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const size of Object.keys(SIZES) as Size[]) rows.push(...(await measureSize(size)));
  return rows;
}

async function measureSize(size: Size): Promise<BenchmarkRow[]> {
  const { network, folder } = await makeNetwork(size, THREADS);
  try {
    // Ours is gone before the peer comes: both at once, with their optimizers, need more memory than two cores have.
    const { plan, scores, running, plain, batch, step } = await measureOurs(network, folder, size);
    const peer = await runPeer(plan);
    requireSame(scores, peer.scores);
    const row = (measure: string, own: number, other: number | null, goal: string | null): BenchmarkRow => ({
      ...{ measure: `${size}: ${measure}`, ours: own, peer: other, unit: 'ms', ratio: ratioOf(own, other), goal },
    });
    return [
      row(
        'decision in a running episode, against PyTorch',
        running,
        peer.decision,
        size === 'mini' ? '<= 0.35' : '<= 0.7',
      ),
      row('decision with nothing cached, against PyTorch', plain, peer.decision, '<= 1.3'),
      row('decision in a running episode, against our own uncached', running, plain, null),
      row(`a decision of ${BATCH} at once, against one alone`, batch, running, size === 'mini' ? '<= 0.334' : null),
      row(`training step over ${plan.batch} samples, against PyTorch`, step, peer.train, '<= 1.5'),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureOurs(network: Network, folder: string, size: Size) {
  const { decisions, training, samples } = REPEATS[size];
  using ours = new Ours(network);
  const frames = [ours.frame(), ours.frame()];
  const [scores = []] = await ours.cold(frames);
  const plan: Plan = {
    ...{ folder, threads: THREADS, prompt: ours.prompt, answers: ours.answers, pixels: ours.pixels(frames) },
    ...{ repeats: decisions, batch: samples, trainRepeats: training },
  };
  return {
    plan,
    scores,
    running: await medianMs(ours.episode(1), decisions),
    plain: await medianMs(() => ours.cold(frames), decisions),
    batch: (await medianMs(ours.episode(BATCH), Math.ceil(decisions / 4))) / BATCH,
    step: await medianMs(ours.training(frames, samples), training),
  };
}

/** A comparison of two programs that compute different things is worth nothing. */
function requireSame(ours: readonly number[], theirs: readonly number[]): void {
  const worst = Math.max(...ours.map((score, i) => Math.abs(score - (theirs[i] as number))));
  if (worst < 1e-3) return;
  throw new Error(`the peer computes other scores: ${ours.join(', ')} against ${theirs.join(', ')}`);
}
