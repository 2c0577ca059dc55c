/** Whether a record is true: does it agree with itself, and does the emulator do the same again. */
import { isDeepStrictEqual } from 'node:util';
import { AgentError } from '../core/index.js';
import { RecordAudit } from '../record/audit.js';
import { type Difference, show } from '../record/difference.js';
import { type EpisodeRecord, readTexts } from '../record/reader.js';
import type { RecordStatus } from '../record/schema.js';
import { replayEpisode } from './episode.js';
import type { EnvFactory, ReplayEnv } from './recorded-env.js';

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
  /** Stands for every word of the record: whoever keeps it elsewhere can tell later changes. Null of format 1. */
  readonly seal: string | null;
  /** What was not proved, in sentences: what rests on trust in who made the record. */
  readonly unproven: readonly string[];
  /** File and line of a last line that a killed run left unfinished. */
  readonly tornLine: string | null;
}

/**
 * Reads a record and checks it against itself: chain and seal of each line, every field that follows from others, and
 * the manifest. No emulator runs.
 */
export async function checkRecord(record: EpisodeRecord): Promise<Verification> {
  const torn = new TornLine();
  const audit = await RecordAudit.start(record);
  let difference: Difference | null = null;
  for await (const entry of readTexts(record, torn)) {
    difference = audit.add(entry);
    if (difference) break;
  }
  const unplayed = 'observations, rewards and flags were not played again: --check runs no emulator';
  return report(record, audit, difference, torn, [], [unplayed]);
}

/**
 * For whoever shows a record without verifying it to its end: rejects with `state_mismatch` where it contradicts
 * itself, with `record` where it cannot be read.
 */
export async function requireConsistent(record: EpisodeRecord): Promise<void> {
  const { difference } = await checkRecord(record);
  if (difference) throw differenceError(record, difference, []);
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
  const audit = await RecordAudit.start(record);
  let difference: Difference | null = null;
  const env = await makeEnv(record.manifest, { render: false });
  try {
    const replay = { onTornLine: torn.onTornLine, ...(signal ? { signal } : {}) };
    for await (const step of replayEpisode(record, env, audit, replay)) {
      difference = step.difference;
      onStep?.(step.line.step);
    }
    difference ??= audit.finish() ?? compareSpecs(record, env);
    return report(record, audit, difference, torn, versionDifferences(record, env.emulators.versions));
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
  if (isRecordAltered) return 'the record contradicts itself: it was changed or damaged after the episode';
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

/** What decides an episode; sizes of pictures depend on whether they were asked for. */
const SPEC_FIELDS = ['id', 'observationSpace', 'actionSpace', 'actionNames', 'frameSkip', 'maxEpisodeSteps'] as const;

/** Whether the environment that was made is the one that the manifest describes. */
function compareSpecs({ manifest }: EpisodeRecord, { spec }: ReplayEnv): Difference | null {
  const field = SPEC_FIELDS.find((name) => !isDeepStrictEqual(manifest.env?.[name], spec[name]));
  if (field === undefined) return null;
  const [expected, got] = [show(manifest.env?.[field]), JSON.stringify(spec[field])];
  return { step: null, field: `env.${field}`, expected, got, isRecordAltered: false };
}

function report(
  record: EpisodeRecord,
  audit: RecordAudit,
  inSteps: Difference | null,
  torn: TornLine,
  versions: readonly VersionDifference[],
  unproven: readonly string[] = [],
): Verification {
  const { tally } = audit;
  if (!tally) {
    throw new AgentError('record', 'the record has no step: there is nothing to verify', {
      where: record.folder,
      next: 'the run ended before its first observation; play the episode again',
    });
  }
  const { decisions, score, chain } = tally;
  const difference = inSteps ?? audit.finish();
  return {
    isVerified: difference === null,
    difference,
    status: record.manifest.status,
    decisions,
    score,
    chain,
    versions,
    seal: audit.seal,
    unproven: [...unproven, ...audit.unproven],
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
