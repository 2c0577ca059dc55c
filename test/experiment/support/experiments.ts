/** An experiment to test with, and jobs that are only played. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { AgentError, makeFolder } from '../../../src/core/index.js';
import { parseYamlConfig } from '../../../src/core/yaml-config.js';
import { type ExperimentConfig, experimentSchema } from '../../../src/experiment/config.js';
import type { Job } from '../../../src/experiment/plan.js';
import { type JobResult, writeResult } from '../../../src/experiment/played.js';
import type { Workplace } from '../../../src/experiment/work.js';

export const YAML = `
name: small
models: { good: pae-lamm-objects, plain: plain-objects }
training_seeds: [1, 2, 3]
seeds: 150000..150005
compare: [[plain, good]]
games:
  - game: carracing
    demonstrators:
      - { name: expert, policy: expert, noise: 0.1, seeds: 0..49 }
    budgets: [10, 40]
    updates: { at: 10, count: 100, power: 0.5 }
    reach: [500, 900]
    training:
      batch: 8
      optimizer: { peak: 0.001, warmup: 2, floor: 0.1 }
`;

/** The config of a YAML text. Throws as loading a file does. */
export function configOf(text: string): ExperimentConfig {
  return parseYamlConfig(text, 'test.yaml', experimentSchema, 'docs/experiments.md');
}

export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'experiment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Scores by model, budget, training and seed: the good model gains 100 from four times the demonstrations. */
export function scoreOf(model: string, budget: number, training: number, seed: number): number {
  return (model === 'good' ? 600 : 100) + 50 * Math.log2(budget / 10) + 10 * training + (seed % 7);
}

/** What a job comes to, at once; kept as a real job's result is. */
export async function playJob(job: Job, { folder, seeds }: Workplace): Promise<JobResult> {
  const own = join(folder, job.folder);
  await makeFolder(own);
  if (job.kind === 'collect') {
    const result = { episodes: job.seeds.length, decisions: 10, sha256: 'd'.repeat(64), mean: 880 };
    return save<'collect'>(own, { ...result, seconds: { collecting: 1 } });
  }
  const score = (seed: number): number =>
    job.kind === 'reference' ? 1000 : scoreOf(job.model, job.budget, job.trainingSeed, seed);
  const played = {
    scores: Object.fromEntries(seeds.map((seed) => [seed, score(seed)])),
    failures: {},
    chains: Object.fromEntries(seeds.map((seed) => [seed, `${seed}`.padStart(32, '0')])),
    checkpoint_sha256: 'c'.repeat(32),
    commit: 'abc',
  };
  if (job.kind === 'reference') return save<'reference'>(own, { ...played, seconds: { evaluation: 6 } });
  return save<'training'>(own, { ...played, seconds: { training: job.updates * 2, evaluation: 6 } });
}

async function save<K extends 'collect' | 'reference' | 'training'>(
  folder: string,
  result: Parameters<typeof writeResult<K>>[1],
): Promise<typeof result> {
  await writeResult<K>(folder, result);
  return result;
}

export function broken(): never {
  throw new AgentError('training', 'agent train play failed', { got: 'no space left', where: 'log.txt' });
}
