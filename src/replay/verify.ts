/** Whether a record is true: does it agree with itself, and does the emulator do the same again. */
import { AgentError } from '../core/index.js';
import { type EpisodeRecord, readSteps } from './reader.js';
import type { RecordStatus } from './record-schema.js';
import type { EnvFactory } from './recorded-env.js';
import { type Difference, isDecision, replayEpisode } from './replay-episode.js';
import { addStep, startTally, type Tally } from './tally.js';

/** A package of the emulator that was another when the episode was played. */
export interface VersionDifference {
  readonly name: string;
  /** `unknown` where the record does not name it. */
  readonly recorded: string;
  readonly now: string;
}

export interface Verification {
  /** True where everything that the record holds was found equal. */
  readonly isVerified: boolean;
  /** The first difference; null of a verified record. */
  readonly difference: Difference | null;
  /** Of the record. Another than `finished` means that the episode was verified as far as it got. */
  readonly status: RecordStatus;
  /** Decisions compared, and what they come to. */
  readonly decisions: number;
  readonly score: number;
  readonly chain: string;
  /** Versions of the emulator that differ from the record's: the likely reason where hashes differ. */
  readonly versions: readonly VersionDifference[];
  /** File and line of a last line that a killed run left unfinished. */
  readonly tornLine: string | null;
}

/** Reads a record and checks it against itself: each line's chain, and the result in the manifest. No emulator runs. */
export async function checkRecord(record: EpisodeRecord): Promise<Verification> {
  const torn = new TornLine();
  let tally: Tally | undefined;
  let difference: Difference | null = null;
  for await (const line of readSteps(record, torn)) {
    tally = isDecision(line) ? addStep(tally as Tally, line) : startTally(line);
    if (line.chain === tally.chain) continue;
    const [expected, got] = [line.chain, tally.chain];
    difference = { step: line.step, field: 'chain', expected, got, isRecordAltered: true };
    break;
  }
  return report(record, tally, difference, torn, []);
}

/**
 * Plays seed and executed actions again in a fresh emulator and compares every observation, reward and flag, the score
 * and the chain. Rejects with `record` where the record cannot be read, and with what the emulator rejects.
 */
export async function verifyEpisode(
  record: EpisodeRecord,
  makeEnv: EnvFactory,
  options: { readonly signal?: AbortSignal; readonly onStep?: (step: number) => void } = {},
): Promise<Verification> {
  const { signal, onStep } = options;
  const torn = new TornLine();
  let tally: Tally | undefined;
  let difference: Difference | null = null;
  const env = await makeEnv(record.manifest, { render: false });
  try {
    const replay = { onTornLine: torn.onTornLine, ...(signal ? { signal } : {}) };
    for await (const step of replayEpisode(record, env, replay)) {
      tally = step.tally;
      difference = step.difference;
      onStep?.(step.line.step);
    }
    return report(record, tally, difference, torn, versionDifferences(record, env.emulators.versions));
  } finally {
    await env.close();
  }
}

/** The error of a difference, for callers who cannot go on without the same episode. */
export function differenceError(
  { folder }: EpisodeRecord,
  difference: Difference,
  versions: readonly VersionDifference[],
): AgentError {
  const { step, field, expected, got, isRecordAltered } = difference;
  return new AgentError('state_mismatch', 'the episode is not the recorded one', {
    expected: `${field} ${expected}`,
    got,
    where: `${folder}, ${step === null ? 'manifest.json' : `step ${step}`}`,
    next: explain(isRecordAltered, versions),
  });
}

/** What a difference most likely comes from, and what to do about it. */
export function explain(isRecordAltered: boolean, versions: readonly VersionDifference[]): string {
  if (isRecordAltered) return 'the record contradicts its own hash chain: it was changed or damaged after the episode';
  if (versions.length === 0) {
    return 'the emulator has the same versions as then: it is not deterministic here, or the record was made up';
  }
  const list = versions.map(({ name, recorded, now }) => `${name} ${recorded}, now ${now}`);
  return `the emulator differs from the one that played, the likely reason: ${list.join('; ')}`;
}

/** Versions that the emulator names now, compared with those in the record. */
export function versionDifferences(
  { manifest }: EpisodeRecord,
  now: Readonly<Record<string, string>>,
): VersionDifference[] {
  return Object.entries(now)
    .map(([name, version]) => ({ name, recorded: manifest.versions[name] ?? 'unknown', now: version }))
    .filter(({ recorded, now: current }) => recorded !== current);
}

const RESULT_FIELDS = ['decisions', 'score', 'terminated', 'truncated', 'chain'] as const;

/** A run that did not come to its end has no result, and its lines stand for themselves. */
function compareResult({ manifest }: EpisodeRecord, tally: Tally): Difference | null {
  const { result } = manifest;
  const field = result && RESULT_FIELDS.find((name) => result[name] !== tally[name]);
  if (!field) return null;
  const [expected, got] = [String(result[field]), String(tally[field])];
  return { step: null, field: `result.${field}`, expected, got, isRecordAltered: true };
}

function report(
  record: EpisodeRecord,
  tally: Tally | undefined,
  inSteps: Difference | null,
  torn: TornLine,
  versions: readonly VersionDifference[],
): Verification {
  if (!tally) {
    throw new AgentError('record', 'the record has no step: there is nothing to verify', {
      where: record.folder,
      next: 'the run ended before its first observation; play the episode again',
    });
  }
  const { decisions, score, chain } = tally;
  const difference = inSteps ?? compareResult(record, tally);
  const { status } = record.manifest;
  return {
    isVerified: difference === null,
    difference,
    status,
    decisions,
    score,
    chain,
    versions,
    tornLine: torn.where,
  };
}

/** Remembers what the reader says of a torn line. */
class TornLine {
  where: string | null = null;
  readonly onTornLine = (where: string): void => {
    this.where = where;
  };
}
