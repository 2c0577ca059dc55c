/**
 * What a report says, as plain JSON: the file `report.json`, and all that the page and the tables are made from. The
 * page imports these types and nothing else of the program. A number that is not finite is null here.
 */
import type { AggregateRow, PairedRow, ResultRow } from '../evaluation/index.js';

export const REPORT_FORMAT = 1;

/** Of fewer pairs or episodes nothing is concluded in words. */
export { FEW_PAIRS } from '../evaluation/comparison.js';

/** Any JSON value, for parts of manifests that are shown as they are. */
export type PlainJson = null | boolean | number | string | PlainJson[] | { [key: string]: PlainJson };

export interface Report {
  readonly format: typeof REPORT_FORMAT;
  /** When the report was made: UTC, ISO 8601. */
  readonly made: string;
  /** Version of the program that made it. */
  readonly agent: string;
  /** Share of resamples within each interval. */
  readonly confidence: number;
  readonly games: readonly GameReport[];
  /** evaluation.json of each evaluation, by its folder as seen from the report. */
  readonly evaluations: readonly { readonly run: string; readonly manifest: PlainJson }[];
  /** Policies over all games, normalised; empty of one game. As in results.json of `agent eval`. */
  readonly aggregates: readonly AggregateRow[];
  /** What a reader must know before trusting the numbers; empty where all is well. */
  readonly problems: readonly Problem[];
  /** Records whose every line was read and whose hash chain is right. */
  readonly verified: number;
  /** Decisions read, of all records. */
  readonly decisions: number;
}

/** One game with one set of emulator settings: only scores of the same settings stand side by side. */
export interface GameReport {
  readonly name: string;
  readonly title: string;
  readonly env: string;
  /** Raw emulator frames a decision. */
  readonly frameSkip: number;
  /** A limit that the user set, in decisions; null where the game alone ended the episodes. */
  readonly maxSteps: number | null;
  /** The emulator's whole settings, as the manifests hold them. */
  readonly emulator: PlainJson;
  readonly references: readonly Reference[];
  readonly policies: readonly PolicyReport[];
  readonly comparisons: readonly Comparison[];
}

/** A score to measure against. */
export interface Reference {
  readonly name: string;
  readonly mean: number;
  readonly source: string;
}

export interface PolicyReport {
  /** Short and unique within the game: what tables and plots call it. */
  readonly label: string;
  readonly id: string;
  readonly provenance: Readonly<Record<string, string | number | boolean | null>>;
  /** The numbers, as in results.json of `agent eval`. One episode a seed counts. */
  readonly row: ResultRow;
  readonly answers: {
    /** False of a policy that answers with actions: then there is nothing to parse. */
    readonly isText: boolean;
    /** The most frequent answers that could not be used, shortened. */
    readonly unusable: readonly { readonly reason: string; readonly text: string; readonly count: number }[];
  };
  /** Decisions by the action that was executed, in the order of the game's actions. Empty of Box action spaces. */
  readonly actions: readonly { readonly name: string; readonly count: number }[];
  readonly latency: { readonly policy: Latency | null; readonly emulator: Latency | null };
  /** The mean over the episodes that count; null where there is none. An episode that is over keeps its score. */
  readonly curve: Curve | null;
  /** Every record, by seed; a planned episode without one is only in `row`. */
  readonly episodes: readonly EpisodeReport[];
  /** What the manifests of all its episodes have in common; each episode holds the rest. */
  readonly manifest: PlainJson;
}

/** Milliseconds a decision. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly highest: number;
  /** Bins with equal width on a logarithmic axis: from `low` (included) to `high`. */
  readonly bins: readonly { readonly low: number; readonly high: number; readonly count: number }[];
}

/** Score so far, over decisions in the episode. */
export interface Curve {
  readonly decisions: readonly number[];
  readonly mean: readonly number[];
  /** The quartiles of the episodes. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A record's status, or `damaged`: it cannot be read to its end, or contradicts itself. */
export type EpisodeStatus = 'finished' | 'stopped' | 'running' | 'cancelled' | 'failed' | 'damaged';

export interface EpisodeReport {
  readonly seed: number;
  readonly status: EpisodeStatus;
  /** Whether the score is among the statistics. */
  readonly isCounted: boolean;
  readonly score: number | null;
  readonly decisions: number;
  readonly started: string;
  readonly policyMs: { readonly p50: number; readonly p99: number } | null;
  readonly emulatorMs: { readonly p50: number; readonly p99: number } | null;
  /** Score so far at some decisions, the last one included. */
  readonly trace: { readonly decisions: readonly number[]; readonly scores: readonly number[] };
  /** The run's folder, seen from the report. */
  readonly run: string;
  /** The video, as a relative link from the report; null where there is none. */
  readonly video: string | null;
  /** Why it does not count, in words; null where it does. */
  readonly trouble: string | null;
  /** What of the manifest is this episode's own. */
  readonly manifest: PlainJson;
}

/** Policy `a` against policy `b` on the seeds that both finished. */
export interface Comparison {
  /** As in results.json of `agent eval`; `a` and `b` are labels. */
  readonly row: PairedRow;
  /** a − b by seed, ascending. */
  readonly differences: readonly { readonly seed: number; readonly difference: number }[];
}

export interface Problem {
  /** `failure`: an episode is not in the numbers. `notice`: the numbers stand, with a grain of salt. */
  readonly kind: 'failure' | 'notice';
  readonly summary: string;
  /** Folder or file, seen from the report. */
  readonly where: string | null;
}
