/**
 * An evaluation against playing the same episodes one after the other with batches of one: 50 episodes of CarRacing
 * with the mini model, on two emulator processes against one. Both sides record every step, as `agent eval` does, and
 * must reach the same hash chains, or the benchmark fails.
 *
 * By default each episode ends after 40 decisions and the peer plays the first ten of the 50, so that a run takes
 * minutes; BENCH_DECISIONS=250 plays whole episodes, BENCH_PEER_EPISODES=50 all of them on both sides. BENCH_MODEL
 * names another checkpoint than models/pae-lamm-mini; where neither is there, random weights of the mini size play.
 */

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { FIRST_EVALUATION_SEED, loadGame } from '../src/agent/index.js';
import { projectPaths } from '../src/core/project-paths.js';
import { startEmulators } from '../src/env-bridge/index.js';
import { batchInvariant, playEntry } from '../src/evaluation/index.js';
import { createPolicy } from '../src/players/index.js';
import { paeLammKind } from '../src/players/vision-language/kinds.js';
import { openRecord, programVersions } from '../src/record/index.js';
import { type BenchmarkRow, fromEnvironment, row } from './benchmark.js';
import { randomMini } from './lib/random-mini.js';

const EPISODES = 50;

interface Setting {
  readonly model: string;
  readonly seeds: readonly number[];
  readonly parallel: number;
  readonly processes: number;
  readonly decisions: number;
}

interface Measured {
  readonly decisionsPerSecond: number;
  readonly closeCalls: number;
  /** By seed. */
  readonly chains: ReadonlyMap<number, string | undefined>;
}

export default async function measure(): Promise<BenchmarkRow[]> {
  const decisions = fromEnvironment('BENCH_DECISIONS', 40);
  const peerEpisodes = fromEnvironment('BENCH_PEER_EPISODES', 10);
  const { model, name, isTemporary } = await chooseModel();
  try {
    const seeds = Array.from({ length: EPISODES }, (_, i) => FIRST_EVALUATION_SEED + i);
    const common = { model, decisions };
    // Whoever comes first pays for loading and warming up TensorFlow; that is neither's.
    await play({ ...common, seeds: seeds.slice(0, 2), parallel: 2, processes: 1, decisions: 3 });
    const peer = await play({ ...common, seeds: seeds.slice(0, peerEpisodes), parallel: 1, processes: 1 });
    const ours = await play({ ...common, seeds, parallel: 16, processes: 2 });
    for (const [seed, chain] of peer.chains) {
      if (ours.chains.get(seed) !== chain)
        throw new Error(`seed ${seed} ends differently in a batch: the sides differ`);
    }
    const what = `CarRacing, ${name}, ${EPISODES} episodes of ${decisions} decisions`;
    return [
      row(`${what}, against one by one`, ours.decisionsPerSecond, peer.decisionsPerSecond, 'decisions/s', '>= 2.5'),
      row('of these, decisions asked again alone', ours.closeCalls, null, 'decisions', null),
    ];
  } finally {
    if (isTemporary) await rm(model, { recursive: true });
  }
}

async function play({ model, seeds, parallel, processes, decisions }: Setting): Promise<Measured> {
  const { signal } = new AbortController();
  const game = loadGame('carracing');
  const folder = await mkdtemp(join(tmpdir(), 'bench-evaluation-'));
  await using emulators = await startEmulators({ processes });
  await using policy = batchInvariant(await createPolicy(`pae-lamm:${model}`, { game }, [paeLammKind]));
  const folderOf = (seed: number): string => join(folder, String(seed));
  try {
    const started = performance.now();
    const ends = await playEntry({
      ...{ game, policy, emulators, seeds, parallel, folderOf, signal },
      ...{ maxDecisions: decisions, plain: false, given: [], versions: await programVersions(), git: null },
    });
    const seconds = (performance.now() - started) / 1000;
    const failed = ends.find(({ error }) => error !== null);
    if (failed?.error) throw failed.error;
    const chains = new Map<number, string | undefined>();
    for (const seed of seeds) chains.set(seed, (await openRecord(folderOf(seed))).manifest.result?.chain);
    const steps = ends.reduce((sum, end) => sum + end.steps, 0);
    return { decisionsPerSecond: steps / seconds, closeCalls: policy.counts.closeCalls, chains };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function chooseModel(): Promise<{ model: string; name: string; isTemporary: boolean }> {
  const model = process.env.BENCH_MODEL ?? join(projectPaths.models, 'pae-lamm-mini');
  if (existsSync(model)) return { model, name: basename(model), isTemporary: false };
  return { model: await randomMini(), name: 'random weights of the mini size', isTemporary: true };
}
