/**
 * A scripted player that explains itself: what it sees as whole numbers, and the action that follows from these alone.
 */
import type { Frame } from '../../core/index.js';

/** What the teacher says of a decision. */
export interface Lesson {
  /** Whole numbers, in the order in which they are told. */
  readonly sights: readonly number[];
  readonly action: number;
}

/** A place in a picture, in pixels from its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What stands in a picture; places are centres. */
export interface Things {
  /** Null where it is invisible. */
  readonly cannon: Place | null;
  /** All of them, wherever they are; not the cannon's own missile. */
  readonly bombs: readonly Place[];
  /** The lowest invader of each column. */
  readonly invaders: readonly Place[];
}

export interface Teacher {
  /** Pure in the stack of frames, oldest first. */
  look(frames: readonly Frame[]): Lesson;
  /** The action behind told numbers: what `look` itself uses. */
  actionFor(sights: readonly number[]): number;
  /** What of the newest picture the sights are about, all of it. */
  things(frames: readonly Frame[]): Things;
}
