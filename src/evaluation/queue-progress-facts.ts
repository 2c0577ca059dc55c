/** What is told of a queue's work; types alone, for the page reads them too. */
export interface QueueProgress {
  /** UTC, ISO 8601. */
  readonly written: string;
  /** Episodes that are not in the folder yet. */
  readonly open: number;
  /** Records that this coordinator has taken in. */
  readonly accepted: number;
  /** Answers that were refused, of the whole run. */
  readonly refused: number;
  /** Episodes a second since the coordinator began. */
  readonly perSecond: number;
  /** Workers of the queue that are there, whichever run they play. */
  readonly workers: number;
  /** The first of them by name; `row` is game and policy, null of one that waits. */
  readonly shown: readonly {
    readonly worker: string;
    readonly row: string | null;
    /** Episodes that it plays now, and has played. */
    readonly active: number;
    readonly played: number;
  }[];
}
