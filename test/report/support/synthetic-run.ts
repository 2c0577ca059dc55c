/**
 * Records of episodes that nobody played, written by the product's own writer: valid in every hash, with scores, times
 * and answers drawn from a seed, so that what a report says of them can be computed beforehand.
 */

import { mkdir } from 'node:fs/promises';
import { SpentCount } from '../../../src/agent/index.js';
import { createRandom, type Random } from '../../../src/core/index.js';
import { type EpisodeHeader, EpisodeWriter, type StepLine } from '../../../src/record/index.js';

export interface SyntheticRun {
  readonly policy: string;
  readonly seed: number;
  readonly decisions?: number;
  /** Mean reward of a decision. */
  readonly skill?: number;
  /** Answers with text, a twentieth of which cannot be used. */
  readonly isText?: boolean;
  readonly status?: 'finished' | 'stopped' | 'cancelled' | 'failed';
  /** Changes what is known before the episode begins. */
  readonly edit?: (header: EpisodeHeader) => EpisodeHeader;
  /** Changes a decision. */
  readonly editStep?: (step: Omit<StepLine, 'chain'>) => Omit<StepLine, 'chain'>;
}

export const ACTIONS = ['nothing', 'right', 'left', 'gas', 'brake'] as const;

const HASH_DIGITS = '0123456789abcdef';
const UNUSABLE = ['I would rather not say.', 'There is a road.', ''] as const;

/** Writes the record into `folder`, which is made. Resolves to the score. */
export async function writeSyntheticRun(folder: string, run: SyntheticRun): Promise<number> {
  const { seed, policy, decisions = 100, status = 'finished', edit = (header) => header } = run;
  const random = createRandom(seed, policy);
  await mkdir(folder, { recursive: true });
  const started = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + seed);
  const writer = await EpisodeWriter.start(folder, edit(headerOf(run)), started);
  writer.reset({ observation: hash(random), emulatorMs: 100 });
  const counters = { decisions, parsed: 0, empty: 0, noMatch: 0, illegal: 0, ambiguous: 0, retries: 0, fallbacks: 0 };
  const spent = new SpentCount();
  let score = 0;
  for (let step = 1; step <= decisions; step++) {
    const isLast = step === decisions && status === 'finished';
    const line = (run.editStep ?? ((same) => same))(decide(step, isLast, random, run));
    if (line.fallback !== null) counters.fallbacks++;
    if (line.parse?.ok) counters.parsed++;
    for (const { reason } of line.rejected) counters[reason === 'no-match' ? 'noMatch' : 'empty']++;
    counters.retries += line.attempts - 1;
    spent.add(line);
    writer.step(line);
    score += line.reward;
  }
  await writer.finish(
    {
      status,
      error: status === 'failed' ? { code: 'policy_failure', message: 'the model service went away' } : null,
      counters: { ...counters, decisions, modelErrors: status === 'failed' ? 1 : 0, timeouts: 0 },
      spent: spent.total,
      recoveries: 0,
    },
    new Date(started.getTime() + decisions * 20),
  );
  return score;
}

function decide(step: number, isLast: boolean, random: Random, run: SyntheticRun): Omit<StepLine, 'chain'> {
  const executed = random.integer(ACTIONS.length);
  const isUnusable = run.isText === true && random.integer(20) === 0;
  const text = isUnusable ? random.pick(UNUSABLE) : `Action: ${ACTIONS[executed]}`;
  const reason = text === '' ? 'empty' : 'no-match';
  return {
    step,
    raw: run.isText ? text : null,
    parse: answerParse(run.isText === true, isUnusable, executed, reason),
    answered: isUnusable ? null : executed,
    executed: isUnusable ? 0 : executed,
    fallback: isUnusable ? reason : null,
    attempts: 1,
    rejected: isUnusable ? [{ reason, raw: text, found: [] }] : [],
    ...(run.isText ? { usage: { promptTokens: 400, answerTokens: 3 } } : { scores: [0.25, -1.5, 0.75, 2.125, -0.5] }),
    reward: Math.round(((run.skill ?? 0) + random.next() - 0.5) * 1000) / 1000,
    terminated: isLast,
    truncated: false,
    observation: hash(random),
    policyMs: round((run.isText ? 40 : 4) * (0.5 + random.next() ** 3 * 4)),
    emulatorMs: round(6 + random.next() * 6),
  };
}

function answerParse(isText: boolean, isUnusable: boolean, action: number, reason: string): StepLine['parse'] {
  if (!isText) return null;
  return isUnusable ? { ok: false, reason, found: [] } : { ok: true, action, form: 'marker' };
}

function headerOf({ policy, seed }: SyntheticRun): EpisodeHeader {
  return {
    game: {
      name: 'synthetic',
      config: {
        name: 'synthetic',
        title: 'Synthetic Racing',
        emulator: { env: 'Synthetic-v0', frameSkip: 4 },
        frames: 2,
        actions: ACTIONS.map((name) => ({ name })),
        answers: { retries: 0, fallback: 0 },
        prompt: { instructions: 'Drive.' },
        reference: [
          { name: 'random', mean: -10, source: 'made up' },
          { name: 'human', mean: 90, source: 'made up' },
        ],
      },
    },
    arguments: { given: ['play', '--seed', String(seed)], resolved: { game: 'synthetic', seed, maxSteps: null } },
    policy: { id: policy, provenance: { checkpoint_sha256: 'ab'.repeat(32), device: 'cpu' } },
    seed,
    env: {
      id: 'Synthetic-v0',
      observationSpace: { kind: 'box', shape: [96, 96, 3], dtype: 'uint8', low: 0, high: 255 },
      actionSpace: { kind: 'discrete', count: ACTIONS.length, start: 0 },
      actionNames: null,
      frameSkip: 4,
      maxEpisodeSteps: null,
      framesPerSecond: 50,
      renderSize: { height: 400, width: 600 },
    },
    versions: { agent: '0.1.0', node: '20.20.2', gymnasium: '1.4.0' },
    git: { commit: 'a'.repeat(40), dirty: false },
  };
}

function hash(random: Random): string {
  return Array.from({ length: 32 }, () => HASH_DIGITS[random.integer(16)]).join('');
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
