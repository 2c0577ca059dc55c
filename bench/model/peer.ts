/** Runs the peer in a Python that has torch and transformers. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** What both sides compute. */
export interface Plan {
  readonly folder: string;
  readonly threads: number;
  readonly prompt: readonly number[];
  readonly answers: readonly (readonly number[])[];
  /** Normalised pictures of the prompt, [pictures, side, side, 3]. */
  readonly pixels: readonly number[];
  readonly repeats: number;
  /** Samples of a training step. */
  readonly batch: number;
  readonly trainRepeats: number;
}

export interface PeerResult {
  /** Log-probabilities of the answers. */
  readonly scores: readonly number[];
  /** Milliseconds, medians. */
  readonly decision: number;
  readonly train: number;
}

/** The peer's numbers. BENCH_PYTHON names the interpreter; without one this fails rather than compare with nothing. */
export async function runPeer(plan: Plan): Promise<PeerResult> {
  const python = process.env.BENCH_PYTHON;
  if (!python) throw new Error('set BENCH_PYTHON to a Python with torch and transformers');
  const script = fileURLToPath(new URL('./peer.py', import.meta.url));
  const environment = { OMP_NUM_THREADS: String(plan.threads), HF_HUB_OFFLINE: '1' };
  const { stdout } = await execa(python, [script], {
    input: JSON.stringify(plan),
    env: environment,
    stderr: 'inherit',
  });
  return JSON.parse(stdout) as PeerResult;
}
