/**
 * A game as data: everything the harness knows about one, as `configs/games/*.yaml` says it. A new game is a new file
 * there, no code. The YAML's fields are those of `game-schema.ts`, in snake case; this is what they become.
 */
import type { JsonObject } from '../../core/index.js';
import type { PlayChoices } from '../play-settings/play-settings.js';

/** How the emulator is made; the fields of the protocol's `make` (docs/protocol.md). */
export interface EmulatorSettings {
  /** Gymnasium id, also `module:ID`. */
  readonly env: string;
  /** Passed on to `gymnasium.make`. */
  readonly kwargs: JsonObject;
  /** Emulator frames a decision; the rewards of all of them count. */
  readonly frameSkip: number;
  /** Element-wise maximum of the last two emulator frames of a decision. */
  readonly maxPool: boolean;
  /** `render` takes the rendered picture where the environment's own observation is none. */
  readonly observation: 'native' | 'render';
  readonly color: 'rgb' | 'gray';
  /**
   * What the named actions stand for, by index: vectors of a Box, or [number] of a discrete action where a game names
   * some of them; null where the game's actions are the emulator's own.
   */
  readonly actions: readonly (readonly number[])[] | null;
}

/** One action that can be named in an answer. Its index in `Game.actions` is the emulator's action. */
export interface GameAction {
  /** What a model is asked to answer. */
  readonly name: string;
  /** Other names that the parser takes for it; case, punctuation and joining signs do not matter. */
  readonly aliases: readonly string[];
  /** What the action does, for the prompt. */
  readonly description: string;
}

/** A whole number that a model writes down before its action: what it has seen, such as where a thing stands. */
export interface GameSight {
  readonly name: string;
  /** What the number says, for the prompt. */
  readonly description: string;
  /** That the number is a column or a row of the emulator's picture, where videos then mark it; 0 is nowhere. */
  readonly marks?: 'column' | 'row';
}

/** What happens to answers that cannot be used. */
export interface AnswerRules {
  /** How often the same situation is asked again. */
  readonly retries: number;
  /** Index of the action executed when the retries are used up. */
  readonly fallback: number;
  /** Whether a policy that keeps failing (error, timeout) ends the episode or gets the fallback too. */
  readonly onError: 'fail' | 'fallback';
}

/** The pieces a prompt is made of; `prompt.ts` puts them together and says what may stand in braces. */
export interface PromptPieces {
  /** Order of the pieces: `{instructions}`, `{actions}`, `{answer}` and, once, `{frames}`. */
  readonly template: string;
  /** What is seen and what the goal is. */
  readonly instructions: string;
  /** One stacked frame, with its `<image>`; knows `{number}` and `{count}`. */
  readonly frame: string;
  /** One line of the list of actions; knows `{name}`, `{description}` and `{index}`. */
  readonly action: string;
  /** How to answer; knows `{names}`, and `{sights}` and `{example}` for a game that asks for sights. */
  readonly answer: string;
  /** Added at the end when an answer could not be used; knows `{names}`. */
  readonly retry: string;
}

/** Both ends belong to the range. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

export interface GameSeeds {
  /** Played when no seed is named. */
  readonly default: number;
  /** All of them below the first evaluation seed (configs/seeds.json). */
  readonly training: SeedRange;
  /** Never trained on. */
  readonly evaluation: SeedRange;
}

export interface VideoSettings {
  /** Pictures a second; one picture is one emulator frame. */
  readonly fps: number;
  /** Whole number by which the rendered picture is enlarged, pixel by pixel. */
  readonly scale: number;
  /** At which edge of the picture, outside it, text is written. */
  readonly overlay: 'above' | 'below';
}

/** A published or measured score, to compare with. */
export interface ReferenceScore {
  /** Whose score: `random`, `human`, a published agent. */
  readonly name: string;
  readonly mean: number;
  /** Standard deviation over episodes, where it is known. */
  readonly deviation?: number;
  readonly episodes?: number;
  /** Where the number comes from. */
  readonly source: string;
}

export interface Game {
  /** Short name: `carracing`; the file's name without its ending. */
  readonly name: string;
  /** The game that this one's file extends; missing where the file is whole by itself. */
  readonly variantOf?: string;
  readonly title: string;
  readonly emulator: EmulatorSettings;
  /** Frames a policy is shown at once, oldest first; at the start the first frame is repeated. */
  readonly frames: number;
  /** By index; empty where the environment takes vectors and nobody named some. */
  readonly actions: readonly GameAction[];
  /** Index of the action that does nothing; null where the game has none. */
  readonly noop: number | null;
  /** The score from which on an episode counts as a success; missing where the game has no such mark. */
  readonly goal?: number;
  /** Decisions that an episode usually has, to say how long an evaluation will take; missing where nobody knows. */
  readonly usualDecisions?: number;
  /**
   * What is written before the action, in this order (`sighted-answer.ts`); empty where only the action is asked for.
   */
  readonly sights: readonly GameSight[];
  readonly answers: AnswerRules;
  readonly prompt: PromptPieces;
  /** Ways of playing that differ from the default (`playOf` fills in the rest); missing where none does. */
  readonly play?: PlayChoices;
  readonly seeds: GameSeeds;
  readonly video: VideoSettings;
  readonly reference: readonly ReferenceScore[];
}
