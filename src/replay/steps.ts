/** The steps of a record played again, for whoever wants to see them and not to judge them. */
import type { GymStep } from '../env-bridge/index.js';
import { RecordAudit } from '../record/audit.js';
import type { Difference } from '../record/difference.js';
import type { EpisodeRecord } from '../record/reader.js';
import { type ReplayedStep, type ReplayOptions, replayEpisode } from './episode.js';
import type { ReplayEnv } from './recorded-env.js';
import { differenceError, requireConsistent, versionDifferences } from './verify.js';

/** A step known to be the recorded one. */
export type VerifiedStep = Pick<ReplayedStep, 'line' | 'tally'> & { readonly played: GymStep };

/**
 * Ends with the record. Throws `state_mismatch` at the first difference, and rejects as `replayEpisode` does. Who stops
 * before the end has not seen the rest, so the record is held against itself first.
 */
export async function* replaySteps(
  record: EpisodeRecord,
  env: ReplayEnv,
  options: ReplayOptions,
): AsyncGenerator<VerifiedStep> {
  await requireConsistent(record);
  const audit = await RecordAudit.start(record);
  const refuse = (difference: Difference | null): void => {
    if (difference) throw differenceError(record, difference, versionDifferences(record, env.emulators.versions));
  };
  for await (const { line, tally, played, difference } of replayEpisode(record, env, audit, options)) {
    refuse(difference);
    // Without a difference the emulator has not refused the action.
    yield { line, tally, played: played as GymStep };
  }
  refuse(audit.finish());
}
