/**
 * Ways of playing: how a model is asked in a game, as far as it is not the game's own words. They decide scores, so
 * what differs from the default stands in the record (as `play` of the game) and in the name of a table's row.
 */
import { AgentError } from '../../core/index.js';

export interface PlaySettings {
  /** The model thinks in free text of so many tokens at most, then names its action; null: it answers at once. */
  readonly think: { readonly tokens: number } | null;
  /** Decisions before this one that the model is shown: picture, its answer, what was executed. */
  readonly history: number;
  /** Decisions of another player that are shown first: `count` of the recorded demonstrations in the folder `from`. */
  readonly demonstrations: { readonly count: number; readonly from: string } | null;
  /** Answers that are drawn for a decision; the action that most of them name is taken. */
  readonly samples: number;
  /** What a model is told whose answer could not be used: the game's reminder, or also what was wrong with it. */
  readonly retry: 'reminder' | 'reason';
  /** Whether a game's sights are written before the action; `off` asks for the action alone. */
  readonly sights: 'asked' | 'off';
  /** Whether the prompt lists the names of the actions. */
  readonly names: 'shown' | 'hidden';
  /**
   * How a checkpoint in this process answers: the name that it finds likeliest, or in free text that the parser reads.
   * A service answers as its endpoint says; `written` asks it for text too.
   */
  readonly answers: 'scored' | 'written';
  /** Decisions that an answered action is executed for; the model is not asked in between. */
  readonly hold: number;
  /** Actions that one answer may list, at most; they are executed one after another. */
  readonly plan: number;
}

/** As every shipped model was trained and measured. */
export const DEFAULT_PLAY: PlaySettings = {
  think: null,
  history: 0,
  demonstrations: null,
  samples: 1,
  retry: 'reminder',
  sights: 'asked',
  names: 'shown',
  answers: 'scored',
  hold: 1,
  plan: 1,
};

/** Some of the settings; what is left out is said by somebody else. */
export type PlayChoices = Partial<PlaySettings>;

/** A game, as far as ways of playing go. */
interface Playable {
  readonly play?: PlayChoices;
  readonly sights?: readonly unknown[];
}

/** The settings that a game is played with. */
export function playOf({ play }: Playable): PlaySettings {
  return { ...DEFAULT_PLAY, ...play };
}

/**
 * The game with settings that go before its own, the later before the earlier: those of an endpoint, then those of the
 * command line. `play` then holds what differs from the default, in a fixed order, and is missing where nothing does.
 * Sights that are not asked for are taken out.
 * Throws `usage` where two of them do not go together.
 */
export function withPlay<T extends Playable>(game: T, ...choices: readonly (PlayChoices | undefined)[]): T {
  const settings: PlaySettings = Object.assign({ ...DEFAULT_PLAY }, game.play, ...choices);
  requireTogether(settings);
  const { play: _, ...same } = game;
  const play = differing(settings);
  const asked = settings.sights === 'off' ? { ...same, sights: [] } : same;
  return (Object.keys(play).length === 0 ? asked : { ...asked, play }) as T;
}

function requireTogether({ samples, plan, hold }: PlaySettings): void {
  const against = samples > 1 ? `samples=${samples}` : `hold=${hold}`;
  if (plan === 1 || (samples === 1 && hold === 1)) return;
  throw new AgentError('usage', 'two ways of playing do not go together', {
    expected: 'a list of actions (plan) from one answer, each executed once; or samples or hold of single actions',
    got: `plan=${plan} and ${against}`,
    where: 'play',
    next: 'take one of them back: docs/ways-of-playing.md',
  });
}

/** What differs from the default, in the order of the interface. */
export function differing(settings: PlayChoices): PlayChoices {
  const names = Object.keys(DEFAULT_PLAY) as (keyof PlaySettings)[];
  const own = names.filter((name) => settings[name] !== undefined && settings[name] !== DEFAULT_PLAY[name]);
  return Object.fromEntries(own.map((name) => [name, settings[name]]));
}

/** What differs from the default as `--play` takes it, `think=64 history=2`; empty where nothing does. */
export function playInWords(play: PlayChoices = {}): string {
  return Object.entries(differing(play))
    .map(([name, value]) => `${name}=${valueInWords(value)}`)
    .join(' ');
}

function valueInWords(value: PlayChoices[keyof PlaySettings]): string {
  if (value === null) return 'off';
  if (typeof value !== 'object') return String(value);
  return 'tokens' in value ? String(value.tokens) : `${value.count}:${value.from}`;
}
