/** What a run of learning to play is given, and what it tells while it goes on. */
import type { EpisodeEnvironments, Game, Policy } from '../../agent/index.js';
import type { CollectProgress } from '../../datasets/index.js';
import type { Teacher } from '../../expert/teacher/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { StepReport, Trainer } from '../../model/learning/index.js';
import type { Agreement } from './agreement.js';
import type { PlayRecipe } from './recipe.js';

/** A game of the recipe, with what it is played on and who says what is right. */
export interface PlayWorld {
  readonly game: Game;
  readonly environments: EpisodeEnvironments;
  readonly labeller: Policy;
  /** Who gives lessons, where the recipe asks for them. */
  readonly teacher?: Teacher;
}

/** How well the model plays and agrees after a round. */
export interface RoundReport {
  readonly round: number;
  readonly step: number;
  readonly games: readonly {
    readonly game: string;
    /** Of the held-out episodes, in the order of their seeds. */
    readonly scores: readonly number[];
    readonly agreement: Agreement;
  }[];
}

/** Who is told how a run goes on. */
export interface PlayRunWatcher {
  onCollect?(game: string, round: number, progress: CollectProgress): void;
  onStep?(report: StepReport & { readonly round: number; readonly total: number }): void;
  onRound?(report: RoundReport): void;
  onNote?(text: string): void;
}

/** What a run is given. */
export interface PlayRunOptions {
  readonly recipe: PlayRecipe;
  /** Folder of the run; what is there is continued. */
  readonly folder: string;
  /** Checkpoint to begin with. */
  readonly init: string;
  /**
   * Folders of collected decisions by game, oldest first, instead of collecting; as `agent collect` and earlier runs
   * make them.
   */
  readonly demonstrations?: ReadonlyMap<string, readonly string[]>;
  /** Of each folder of given demonstrations only so many episodes, from the first on. */
  readonly firstEpisodes?: number | undefined;
  /** In the order of the recipe's games. */
  readonly worlds: readonly PlayWorld[];
  readonly signal?: AbortSignal;
  readonly watcher?: PlayRunWatcher;
}

/** A run under way. */
export interface PlayRun extends PlayRunOptions {
  readonly model: VisionLanguageModel;
  readonly trainer: Trainer;
  readonly total: number;
}
