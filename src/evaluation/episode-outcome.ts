/** What a table needs of one episode, taken from its record's manifest. */
import type { Spent } from '../agent/index.js';
import type { Manifest, RecordStatus } from '../record/index.js';
import type { Counts } from './answer-rates.js';
import { envelopeInOneLine } from './error-line.js';

export interface EpisodeOutcome {
  readonly game: string;
  /** The policy's name in tables: as it was asked for (`expert`), else the record's id. */
  readonly policy: string;
  readonly seed: number;
  readonly status: RecordStatus;
  /** Sum of rewards; of an episode that did not come to its end what it had by then; null before the first reset. */
  readonly score: number | null;
  readonly decisions: number;
  readonly counters: Counts;
  /** What its answers cost; null or missing where nothing is known of that. */
  readonly spent?: Spent | null | undefined;
  /** Emulator processes replaced meanwhile. */
  readonly recoveries: number;
  readonly chain: string | null;
  /** Why it failed or was cancelled. */
  readonly error: string | null;
  /** SHA-256 of the weights; null of a policy without any. */
  readonly checkpoint: string | null;
  readonly commit: string | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** An episode that came to an end and has a score. */
export type ScoredEpisode = EpisodeOutcome & { readonly score: number };

/** @param policy the name that tables give the policy. */
export function outcomeOf(manifest: Manifest, policy = manifest.policy.id): EpisodeOutcome {
  const { result, error, git } = manifest;
  return {
    game: manifest.game.name,
    policy,
    seed: manifest.seed,
    status: manifest.status,
    score: result?.score ?? null,
    decisions: result?.decisions ?? 0,
    counters: result?.counters ?? {},
    spent: result?.spent ?? null,
    recoveries: result?.recoveries ?? 0,
    chain: result?.chain ?? null,
    error: error && envelopeInOneLine(error),
    checkpoint: checkpointOf(manifest.policy.provenance),
    commit: git && (git.dirty ? `${git.commit}-dirty` : git.commit),
    versions: manifest.versions,
  };
}

/**
 * Whether its score counts: the emulator ended it, or a limit that was set for all. A failed, cancelled or killed
 * episode has none, however far it had come.
 */
export function isScored(outcome: EpisodeOutcome): outcome is ScoredEpisode {
  return (outcome.status === 'finished' || outcome.status === 'stopped') && outcome.score !== null;
}

/** Experts and models name the hash of their weights differently. */
export function checkpointOf(provenance: Manifest['policy']['provenance']): string | null {
  const hash = provenance.checkpoint_sha256 ?? provenance.checkpoint;
  return typeof hash === 'string' ? hash : null;
}
