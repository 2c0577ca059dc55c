/**
 * Plays a record again: its seed and its executed actions, in the real emulator, each step compared with the recorded
 * one. What is done with the steps (verify them, make pictures of them) is the caller's business.
 */
import { AgentError, hashArray, isAgentError } from '../core/index.js';
import type { GymStep } from '../env-bridge/index.js';
import { type EpisodeRecord, type ReadOptions, readSteps } from './reader.js';
import type { RecordLine, ResetLine, StepLine } from './record-schema.js';
import type { ReplayEnv } from './recorded-env.js';
import { addStep, startTally, type Tally } from './tally.js';

/** Where a record and the emulator, or a record and itself, part. */
export interface Difference {
  /** The decision; 0 is the reset, null the manifest. */
  readonly step: number | null;
  /** Such as `observation`, `reward` or `chain`; of the manifest such as `result.score`. */
  readonly field: string;
  /** What the record says. */
  readonly expected: string;
  /** What the emulator gave, or what the record's own lines come to. */
  readonly got: string;
  /** Whether the record contradicts itself, so that it was changed or damaged whatever the emulator does. */
  readonly isRecordAltered: boolean;
}

/** One step, recorded and played. */
export interface ReplayedStep {
  readonly line: RecordLine;
  /** What the emulator gave; undefined where it refused the action. */
  readonly played: GymStep | undefined;
  /** Of the recorded steps up to and with this one. */
  readonly tally: Tally;
  /** The first thing that differs; null where all is equal. Nothing follows after a difference. */
  readonly difference: Difference | null;
}

export interface ReplayOptions extends ReadOptions {
  /** At which steps to ask for the pictures of all emulator frames; at none by default. */
  readonly framesAt?: (step: number) => boolean;
  readonly signal?: AbortSignal;
}

/** Ends with the record or with the first difference. Rejects with `record` and with what the emulator rejects. */
export async function* replayEpisode(
  record: EpisodeRecord,
  env: ReplayEnv,
  { framesAt = () => false, signal, ...read }: ReplayOptions = {},
): AsyncGenerator<ReplayedStep> {
  let tally: Tally | undefined;
  for await (const line of readSteps(record, read)) {
    if (signal?.aborted) throw cancelled(signal.reason);
    const call = { frames: framesAt(line.step), ...(signal ? { signal } : {}) };
    let played: GymStep | undefined;
    let refusal: AgentError | undefined;
    if (isDecision(line)) {
      tally = addStep(tally as Tally, line);
      const step = await env.step(line.executed, call).catch(asRefusal);
      if (isAgentError(step)) refusal = step;
      else played = step;
    } else {
      tally = startTally(line);
      played = await env.reset({ seed: record.manifest.seed, ...call });
    }
    const difference = played ? compare(line, played, tally.chain) : refused(line, refusal, tally.chain);
    yield { line, played, tally, difference };
    if (difference) return;
  }
}

export function cancelled(cause: unknown): AgentError {
  return new AgentError('cancelled', 'the replay was cancelled', { next: 'start it again', cause });
}

export function isDecision(line: RecordLine): line is StepLine {
  return line.step > 0;
}

/** An action that the emulator does not know is a finding about the record; any other failure is a failure. */
function asRefusal(error: unknown): AgentError {
  if (isAgentError(error, 'illegal_action') || isAgentError(error, 'episode_over')) return error;
  throw error;
}

function refused(line: RecordLine, refusal: AgentError | undefined, chain: string): Difference {
  const [field, expected] = isDecision(line) ? ['executed', line.executed] : ['observation', line.observation];
  const got = refusal?.details.got ?? refusal?.summary ?? 'a refusal';
  return describe(line, chain, field, expected, `refused by the emulator: ${got}`);
}

function compare(line: RecordLine, played: GymStep, chain: string): Difference | null {
  for (const [field, expected, got] of pairs(line, played)) {
    if (expected !== got) return describe(line, chain, field, expected, got);
  }
  return line.chain === chain ? null : describe(line, chain, 'chain', line.chain, chain);
}

type Pair = readonly [field: string, expected: unknown, got: unknown];

function pairs(line: ResetLine | StepLine, played: GymStep): Pair[] {
  const observation: Pair = ['observation', line.observation, hashArray(played.observation)];
  if (!isDecision(line)) return [observation];
  return [
    observation,
    ['reward', line.reward, played.kind === 'first' ? undefined : played.reward],
    ['terminated', line.terminated, played.kind === 'terminated'],
    ['truncated', line.truncated, played.kind === 'truncated'],
  ];
}

function describe(line: RecordLine, chain: string, field: string, expected: unknown, got: unknown): Difference {
  return {
    step: line.step,
    field,
    expected: show(expected),
    got: show(got),
    isRecordAltered: line.chain !== chain,
  };
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
