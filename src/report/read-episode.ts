/**
 * One record, read once from beginning to end: its steps are checked against the manifest and the hash chain, and added
 * up as they come, so that memory does not grow with the length of an episode. Whatever is wrong with a record becomes
 * a sentence about it, never the end of the report.
 */

import type { Spent } from '../agent/index.js';
import { type Counts, inOneLine } from '../evaluation/index.js';
import type { Difference } from '../record/index.js';
import {
  addStep,
  type EpisodeRecord,
  LineCounts,
  RecordAudit,
  type RecordLine,
  readTexts,
  type StepLine,
  startTally,
  type Tally,
} from '../record/index.js';
import { AnswerExamples } from './answer-examples.js';
import { throwIfCancelled } from './cancelled.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { EpisodeStatus } from './report-data.js';
import { ScoreTrace, type Trace } from './score-trace.js';

/** What a record adds up to. */
export interface EpisodeReading {
  readonly record: EpisodeRecord;
  readonly status: EpisodeStatus;
  /** Why the score does not count; null where it does. */
  readonly trouble: string | null;
  /** True where every line was read and agrees with the chain and the manifest. */
  readonly isVerified: boolean;
  readonly score: number;
  readonly decisions: number;
  /** By the names of the agent loop's counters. */
  readonly counters: Counts;
  /** What its answers cost; null where nothing is known of that. */
  readonly spent: Spent | null;
  /** Whether the policy answered with text at least once. */
  readonly isText: boolean;
  readonly examples: AnswerExamples;
  /** Decisions by executed action; empty of Box action spaces. */
  readonly actions: readonly number[];
  readonly policyMs: LatencyHistogram;
  readonly emulatorMs: LatencyHistogram;
  readonly trace: Trace;
}

/** How many decisions are read before the reader looks whether it shall stop. */
const DECISIONS_BETWEEN_CHECKS = 1024;

export interface ReadEpisodeOptions {
  readonly signal?: AbortSignal;
}

/** Reads all of a record whose manifest has been checked. Rejects only with `cancelled`. */
export async function readEpisode(record: EpisodeRecord, { signal }: ReadEpisodeOptions = {}): Promise<EpisodeReading> {
  const sums = new EpisodeSums(record);
  let damage: string | null = null;
  try {
    const audit = await RecordAudit.start(record);
    for await (const entry of readTexts(record)) {
      const { line } = entry;
      if (line.step % DECISIONS_BETWEEN_CHECKS === 0) throwIfCancelled(signal);
      damage = sums.add(line) ?? asDamage(audit.add(entry));
      if (damage !== null) break;
    }
    damage ??= contradiction(record, sums) ?? asDamage(audit.finish());
  } catch (error) {
    throwIfCancelled(signal);
    damage = inOneLine(error);
  }
  return sums.finish(damage);
}

class EpisodeSums {
  readonly #record: EpisodeRecord;
  readonly #counts = new LineCounts();
  readonly #examples = new AnswerExamples();
  readonly #actions: number[];
  readonly #policyMs = new LatencyHistogram();
  readonly #emulatorMs = new LatencyHistogram();
  readonly #trace = new ScoreTrace();
  #isText = false;
  #tally: Tally | undefined;

  constructor(record: EpisodeRecord) {
    this.#record = record;
    const actionSpace = record.manifest.env?.actionSpace;
    this.#actions = new Array<number>(
      actionSpace?.kind === 'discrete' ? Math.min(actionSpace.count, MAX_ACTIONS) : 0,
    ).fill(0);
  }

  get tally(): Tally | undefined {
    return this.#tally;
  }

  /** Adds a line; says what is wrong with it, or null. */
  add(line: RecordLine): string | null {
    if (!('executed' in line)) {
      this.#tally = startTally(line);
    } else {
      this.#tally = addStep(this.#tally as Tally, line);
      this.#addDecision(line, this.#tally.score);
    }
    return this.#tally.chain === line.chain
      ? null
      : `step ${line.step} contradicts the hash chain: the record was changed`;
  }

  finish(damage: string | null): EpisodeReading {
    const { status, result, error } = this.#record.manifest;
    const decisions = this.#tally?.decisions ?? 0;
    const outcome = damage === null ? status : 'damaged';
    return {
      record: this.#record,
      status: outcome,
      trouble: damage ?? troubleOf(status, error?.message),
      isVerified: damage === null && this.#tally !== undefined,
      score: this.#tally?.score ?? 0,
      decisions,
      // The manifest also counts the answers of the decision at which a failed episode ended; it has no line of its
      // own.
      counters: damage === null && result ? result.counters : { ...this.#counts.counters },
      // As with the counters; earlier formats have no sum in the manifest.
      spent: (damage === null ? result?.spent : undefined) ?? this.#counts.spent,
      isText: this.#isText,
      examples: this.#examples,
      actions: this.#actions,
      policyMs: this.#policyMs,
      emulatorMs: this.#emulatorMs,
      trace: this.#trace.finish(),
    };
  }

  #addDecision(line: StepLine, score: number): void {
    this.#trace.add(score);
    // Where nobody was asked nobody took time.
    if (line.origin === undefined) this.#policyMs.add(line.policyMs);
    this.#emulatorMs.add(line.emulatorMs);
    const { executed } = line;
    if (typeof executed === 'number' && executed < this.#actions.length) {
      this.#actions[executed] = (this.#actions[executed] as number) + 1;
    }
    this.#isText ||= line.raw !== null;
    this.#counts.add(line);
    for (const answer of line.rejected) {
      if ('raw' in answer) this.#isText = true;
      this.#examples.add(answer.reason, 'raw' in answer ? answer.raw : answer.error.message);
    }
  }
}

/** More actions than any game has; a record may claim any number. */
const MAX_ACTIONS = 256;

function asDamage(difference: Difference | null): string | null {
  if (difference === null) return null;
  const { step, field, expected, got } = difference;
  const where = step === null ? 'the manifest' : `step ${step}`;
  return `${field} of ${where} says ${expected.slice(0, 100)}, the rest of the record comes to ${got.slice(0, 100)}`;
}

/** Where the steps are not what the manifest says they add up to; null where they are. */
function contradiction({ manifest: { status, result } }: EpisodeRecord, { tally }: EpisodeSums): string | null {
  if (tally === undefined) return status === 'running' || status === 'failed' ? null : 'the record holds no step';
  if (result === null) return status === 'running' ? null : `the manifest says ${status} and has no result`;
  for (const field of ['decisions', 'score', 'chain'] as const) {
    if (tally[field] !== result[field]) {
      return `the manifest says ${field} ${result[field]}, the steps add up to ${tally[field]}`;
    }
  }
  return null;
}

function troubleOf(status: EpisodeReading['status'], message: string | undefined): string | null {
  if (status === 'finished' || status === 'stopped') return null;
  if (status === 'running') return 'killed, or still running: the record has no end';
  return message === undefined ? status : `${status}: ${message}`;
}
