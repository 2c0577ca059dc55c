/**
 * Plays a record again: its seed and its executed actions, in the real emulator, each step compared with the recorded
 * one. What is done with the steps (verify them, make pictures of them) is the caller's business.
 */
import { AgentError, hashArray, isAgentError } from '../core/index.js';
import type { GymStep } from '../env-bridge/index.js';
import type { RecordAudit } from '../record/audit.js';
import { type Difference, show } from '../record/difference.js';
import { type EpisodeRecord, type ReadOptions, readTexts } from '../record/reader.js';
import type { RecordLine, ResetLine, StepLine } from '../record/schema.js';
import type { Tally } from '../record/tally.js';
import type { ReplayEnv } from './recorded-env.js';

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

/**
 * Ends with the record or with the first difference. Rejects with `record` and with what the emulator rejects.
 * @param audit looks through the lines on the way; the caller asks it for the rest in the end.
 */
export async function* replayEpisode(
  record: EpisodeRecord,
  env: ReplayEnv,
  audit: RecordAudit,
  { framesAt = () => false, signal, ...read }: ReplayOptions = {},
): AsyncGenerator<ReplayedStep> {
  for await (const entry of readTexts(record, read)) {
    const { line } = entry;
    if (signal?.aborted) throw cancelled(signal.reason);
    const call = { frames: framesAt(line.step), ...(signal ? { signal } : {}) };
    let played: GymStep | undefined;
    let refusal: AgentError | undefined;
    if (isDecision(line)) {
      const step = await env.step(line.executed, call).catch(asRefusal);
      if (isAgentError(step)) refusal = step;
      else played = step;
    } else {
      played = await env.reset({ seed: record.manifest.seed, ...call });
    }
    const altered = audit.add(entry);
    const found = played ? compare(line, played) : refused(line, refusal);
    const difference = found ? { ...found, isRecordAltered: altered !== null } : altered;
    yield { line, played, tally: audit.tally as Tally, difference };
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

function refused(line: RecordLine, refusal: AgentError | undefined): Found {
  const [field, expected] = isDecision(line) ? ['executed', line.executed] : ['observation', line.observation];
  const got = refusal?.details.got ?? refusal?.summary ?? 'a refusal';
  return describe(line, field, expected, `refused by the emulator: ${got}`);
}

type Found = Omit<Difference, 'isRecordAltered'>;

function compare(line: RecordLine, played: GymStep): Found | null {
  for (const [field, expected, got] of pairs(line, played)) {
    if (expected !== got) return describe(line, field, expected, got);
  }
  return null;
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

function describe({ step }: RecordLine, field: string, expected: unknown, got: unknown): Found {
  return { step, field, expected: show(expected), got: show(got) };
}
