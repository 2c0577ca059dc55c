/** The time of a decision against the length of the prompt, with the mini network. */
import { rm } from 'node:fs/promises';
import { type BenchmarkRow, curvePoint } from '../benchmark.js';
import { medianMs } from '../lib/sampling.js';
import { makeNetwork } from '../model/networks.js';
import { Ours } from '../model/ours.js';

/** Tokens of instructions; two pictures of 64 tokens and a few more come behind. */
const INSTRUCTIONS = [0, 64, 128, 256, 512, 1024, 2048];
const REPEATS = 15;
const THREADS = 2;

/** A decision of a running episode, and one with nothing cached, at each length. */
export async function promptRows(): Promise<BenchmarkRow[]> {
  const { network, folder } = await makeNetwork('mini', THREADS);
  try {
    const rows: BenchmarkRow[] = [];
    for (const instructions of INSTRUCTIONS) {
      // One network for all lengths; what is kept of a prompt is forgotten with it.
      const ours = new Ours(network, instructions);
      const frames = [ours.frame(), ours.frame()];
      const of = (line: string, value: number): BenchmarkRow => {
        const plot = 'time of a decision against the length of the prompt';
        return curvePoint({ plot, line, x: ours.prompt.length, across: 'tokens of the prompt (log)' }, value, 'ms');
      };
      rows.push(of('in a running episode', await medianMs(ours.episode(1), REPEATS)));
      rows.push(of('with nothing cached', await medianMs(() => ours.cold(frames), REPEATS)));
      ours.forget();
    }
    return rows;
  } finally {
    network[Symbol.dispose]();
    await rm(folder, { recursive: true });
  }
}
