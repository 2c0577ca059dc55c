/** Runs the peer in a Python that has torch and transformers. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { paths } from '../../scripts/lib/paths.mjs';

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

/** The interpreter that BENCH_PYTHON names, or the one that the set-up made; else this fails. */
function peerPython(): string {
  const python =
    process.env.BENCH_PYTHON ?? (existsSync(paths.trainingExecutable) ? paths.trainingExecutable : undefined);
  if (python) return python;
  throw new Error(
    'the peer needs torch and transformers: `npm run bench -- model --peers` sets them up (6 GB), or name a Python that ' +
      'has them in BENCH_PYTHON',
  );
}

/** The peer's numbers. */
export async function runPeer(plan: Plan): Promise<PeerResult> {
  const python = peerPython();
  const script = fileURLToPath(new URL('./peer.py', import.meta.url));
  const environment = { OMP_NUM_THREADS: String(plan.threads), HF_HUB_OFFLINE: '1' };
  const { stdout } = await execa(python, [script], {
    input: JSON.stringify(plan),
    env: environment,
    stderr: 'inherit',
  });
  return JSON.parse(stdout) as PeerResult;
}
