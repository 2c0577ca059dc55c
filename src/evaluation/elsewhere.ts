/** What `runEvaluation` asks of others, where they play its episodes. */
import type { Emulators } from '../env-bridge/index.js';
import type { EvaluationFolder } from './folder.js';
import type { EntryFacts, EvaluationWatcher } from './options.js';
import type { EvaluationRequest, RequestedEntry } from './request.js';

/** What is missing of an evaluation, for others to play. */
export interface WorkElsewhere {
  readonly folder: EvaluationFolder;
  readonly request: EvaluationRequest;
  /** Rows that miss episodes; their policies are known in the folder's file. */
  readonly rows: readonly {
    readonly index: number;
    readonly entry: RequestedEntry;
    readonly seeds: readonly number[];
  }[];
  readonly emulators: Emulators;
  readonly watcher: EvaluationWatcher | undefined;
  /** What watches the row's episodes, as far as it looks at their ends. */
  readonly facts: (entry: RequestedEntry) => Promise<EntryFacts>;
  readonly signal: AbortSignal;
}

/** Has the missing episodes played: their records then lie in the folder, or are missing still. */
export type PlayElsewhere = (work: WorkElsewhere) => Promise<void>;
