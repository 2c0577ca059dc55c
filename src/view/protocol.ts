/**
 * What the view's server and its page say to each other: plain JSON, and pictures in bytes. The page imports this
 * file, list-order.ts and pure functions of the replay, and nothing else of the server: so it imports types alone.
 */
import type { QueueProgress } from '../evaluation/queue-progress-facts.js';
import type { Difference } from '../record/difference.js';
import type { RecordStatus, StepLine } from '../record/schema.js';
import type { ShownScores } from '../video/shown-scores.js';

/** An episode in the list. */
export interface EpisodeRow {
  /** Stands for the folder: the same at every start, and no path. */
  readonly id: string;
  /** The folder, from the one that was named. */
  readonly run: string;
  /** The evaluation that it belongs to; null of an episode by itself. */
  readonly evaluation: string | null;
  readonly game: string;
  readonly policy: string;
  readonly seed: number;
  /** Null while it is played, and of a run that was killed. */
  readonly score: number | null;
  readonly decisions: number | null;
  readonly status: RecordStatus | 'unreadable';
  /** Whether it is being played now, as far as its file tells. */
  readonly isLive: boolean;
  /** UTC, ISO 8601. */
  readonly started: string;
}

/** Episodes that were played together. */
export interface EvaluationRow {
  readonly id: string;
  readonly run: string;
  readonly episodes: number;
  /** How far a queue's workers are; null where none plays it now. */
  readonly queue: QueueProgress | null;
}

export const SORTS = ['newest', 'score', 'seed', 'decisions', 'policy', 'game'] as const;
export type Sort = (typeof SORTS)[number];

/** A part of the list. */
export interface ListPage {
  readonly rows: readonly EpisodeRow[];
  /** Episodes that fit the question. */
  readonly total: number;
  /** Number of the first row among them. */
  readonly from: number;
  readonly evaluations: readonly EvaluationRow[];
  readonly canPlay: boolean;
}

/** What is known of an episode before its decisions. */
export interface EpisodeFacts {
  readonly row: EpisodeRow;
  readonly title: string;
  /** Names of the actions by index. */
  readonly actions: readonly string[];
  readonly sights: readonly { readonly name: string; readonly marks?: 'column' | 'row' }[];
  /** Frames a second of the game, and frames a decision. */
  readonly framesPerSecond: number;
  readonly frameSkip: number;
  /** Of the picture, in its own pixels; null where the record does not say. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** What the policy is given is what the game stacks, because its own preprocessing is not known; else null. */
  readonly givenNote: string | null;
  readonly error: string | null;
  /** Whether a model can be asked about its pictures here. */
  readonly asks: AskingFacts | null;
  /** The manifest, for people to read. */
  readonly manifest: unknown;
}

/** What a model can be asked. */
export interface AskingFacts {
  readonly model: string;
}

/** Numbers of the decisions from `from` on (0 is the reset), a value each; null where there is none. */
export interface Series {
  readonly from: number;
  readonly score: readonly number[];
  readonly reward: readonly number[];
  /** Bits; of scores that are chances. */
  readonly entropy: readonly (number | null)[];
  /** Milliseconds of the policy. */
  readonly latency: readonly (number | null)[];
  /** The executed action, as JSON. */
  readonly executed: readonly string[];
}

/** A part of a message: words, or the number of a picture among those that the policy was given. */
export type PromptPart = { readonly text: string } | { readonly picture: number | null };

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly PromptPart[];
}

/** One decision, as a person wants to read it. */
export interface DecisionDetail {
  readonly step: number;
  /** Null of the reset. */
  readonly line: Omit<StepLine, 'chain' | 'observation'> | null;
  readonly action: string | null;
  readonly scores: ShownScores | null;
  /** By the game's sights, in their order; null where the answer said none. */
  readonly sights: readonly (number | null)[];
  /** Null of a policy that is given no words. */
  readonly prompt: readonly PromptMessage[] | null;
}

/** How far an episode is; sent whenever it changes. */
export interface Progress {
  /** Lines of the record that were read: decisions, and 1 for the reset. */
  readonly lines: number;
  /** Of these, those whose pictures are there. */
  readonly pictures: number;
  readonly isLive: boolean;
  /** The decision whose picture the game itself has left, for those who follow it; null where there is none. */
  readonly live: number | null;
  /** Why it is played again for those who follow it too; null where its own pictures are shown. */
  readonly liveTrouble: string | null;
  /** Whether all lines that there will be were read, and all pictures played. */
  readonly isRead: boolean;
  readonly isReplayed: boolean;
  /** The first thing that was not as recorded; null where there is none so far. */
  readonly mismatch: (Pick<Difference, 'step' | 'field' | 'expected' | 'got'> & { readonly why: string }) | null;
  /** Why there are no pictures, or why the record cannot be read; null where all is well. */
  readonly trouble: string | null;
}

/** A question about the pictures of a decision. */
export type Question =
  | { readonly kind: 'words'; readonly text: string }
  /** A pixel of the newest picture that the policy was given. */
  | { readonly kind: 'pixel'; readonly row: number; readonly column: number }
  | { readonly kind: 'mask'; readonly text: string };

export interface Asked {
  readonly id: string;
  readonly step: number;
  readonly question: Question;
}

export type Answered =
  | { readonly kind: 'words'; readonly text: string; readonly milliseconds: number }
  | {
      readonly kind: 'pixel';
      /** What the model wrote, and the colour that it reads as: 0 to 255 each. */
      readonly text: string;
      readonly said: readonly number[] | null;
      readonly is: readonly number[];
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'mask';
      readonly text: string;
      /** `[y0, x0, y1, x1]`, both ends inside; null where the model named none. */
      readonly box: readonly number[] | null;
      /** PNG of the picture with the mask drawn in, as base64. */
      readonly picture: string;
      readonly milliseconds: number;
    };

/** What a person who plays is told. */
export type SeatEvent =
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'game';
      readonly title: string;
      readonly game: string;
      readonly seed: number;
      readonly actions: readonly { readonly name: string; readonly description: string }[];
      readonly noop: number;
      readonly decisionsPerSecond: number;
    }
  /** `picture`: PNG as base64, as a policy is given it. */
  | { readonly kind: 'picture'; readonly step: number; readonly picture: string; readonly isRunning: boolean }
  | { readonly kind: 'over' };

export interface SeatState {
  readonly game: Exclude<SeatEvent, { kind: 'picture' }>;
  readonly picture: Extract<SeatEvent, { kind: 'picture' }> | null;
}

/** What a person's page says. `order` counts up: words may overtake each other on the way. */
export type SeatWord =
  | { readonly kind: 'start' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'action'; readonly action: number; readonly order: number };
