/** A person who plays, wherever they sit. */
import type { EpisodeStart, Situation } from '../agent/policy.js';

/** What a person does in a moment of the game. */
export type Move =
  /** `isHeld`: nothing was pressed or let go since the moment before. `tookMs`: from the last change to this one. */
  | { readonly kind: 'action'; readonly action: number; readonly isHeld: boolean; readonly tookMs: number }
  /** They leave. */
  | { readonly kind: 'stop' };

export interface Person {
  /** An episode is about to begin. Resolves when the person may be shown it. */
  begin(start: EpisodeStart): Promise<void>;
  /** Shows a moment, and resolves at the pace of the game to what is done in it. Rejects where `signal` ends it. */
  move(situation: Situation, signal: AbortSignal | undefined): Promise<Move>;
  /** The episode is over, also one that never began. */
  end(episode: string): Promise<void>;
}
