/** What the action parser makes of an answer; part of every step record. */

/** Where in the answer the action was found, from the strictest form to the loosest. */
export type AnswerForm =
  | 'exact' // the answer is the name
  | 'list' // the first of several, where a game takes lists
  | 'index' // the answer is the action's number
  | 'json' // an object or list that names it
  | 'marker' // "Action: left", "the best move is left"
  | 'conclusion' // the last sentence names it
  | 'mention'; // the only action that the text speaks of, chosen in plain words

export type ParseFailure =
  | 'empty' // nothing but blanks
  | 'no-match' // text that names no action
  | 'illegal' // an action is named in the form of an answer, but the game has no such action
  | 'ambiguous'; // several actions, or one that is negated, asked about, or spoken of without being chosen

export type ParseResult =
  | {
      readonly ok: true;
      readonly action: number;
      readonly form: AnswerForm;
      /** The numbers written before the action, where the game asks for them and all of them are there. */
      readonly sights?: readonly number[];
    }
  | {
      readonly ok: false;
      readonly reason: ParseFailure;
      /** The answer as it came. */
      readonly raw: string;
      /** What was found: the names of the actions spoken of, or the illegal action's words. */
      readonly found: readonly string[];
    };

/** One step of reading an answer, for people. */
export interface ParseStep {
  /** What happened: part of the text was left out, sights were taken off it, the rest was kept, and read. */
  readonly what: 'left out' | 'sights' | 'kept' | 'read';
  readonly why: string;
  /**
   * The part of the answer that it is about; for `read` the words that decided, or the actions that leave the doubt.
   */
  readonly text: string;
}

/** What an answer is read as, and how that came. */
export interface ParseExplanation {
  readonly result: ParseResult;
  readonly steps: readonly ParseStep[];
}
