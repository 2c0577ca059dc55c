/** Captions: all that is written beside the pictures of a decision. */
import { type StepRecord, splitSighted, type View } from '../agent/index.js';
import type { Frame, NdArray } from '../core/index.js';
import { actionNamer, actionNames, gameTitle, sightsOf } from '../record/game-facts.js';
import type { Manifest } from '../record/schema.js';
import { isDecision } from '../replay/episode.js';
import type { VerifiedStep } from '../replay/steps.js';
import type { Canvas } from './canvas.js';
import { readScores, type ShownScores } from './shown-scores.js';

/** What is known at a decision; `action`, `answer` and `reward` are null before the first. */
export interface Caption {
  readonly game: string;
  readonly policy: string;
  readonly seed: number;
  readonly step: number;
  /** What the emulator was given. */
  readonly action: string | null;
  /** What the policy gave: its text in quotation marks, as it came, or the name of an action. */
  readonly answer: string | null;
  /** Why the action is not that of the first answer; null where it is. */
  readonly trouble: string | null;
  readonly reward: number | null;
  /** With this step's reward. */
  readonly score: number;
  /** What the player says it saw before it acted, in the game's order; empty where the game does not ask. */
  readonly sights: readonly CaptionedSight[];
  /** All actions by index; empty where the environment has none with names. */
  readonly actions: readonly string[];
  /** Index of the action that the emulator was given, where it is one of `actions`. */
  readonly executed: number | null;
  readonly scores: ShownScores | null;
  /** The pictures that the decision was made from, as the policy was given them; empty where nobody asked for them. */
  readonly view: readonly Canvas[];
}

/** A number that was said; null where the answer had none in form, and before the first decision. */
export interface CaptionedSight {
  readonly name: string;
  readonly number: number | null;
  readonly marks?: 'column' | 'row';
}

/** A decision as far as its caption tells of it; a record may hold reasons that this version does not know. */
type Told = Pick<StepRecord, 'step' | 'executed' | 'reward' | 'raw' | 'answered' | 'attempts' | 'scores'> & {
  readonly fallback: string | null;
};

/**
 * Writes the caption of a decision, or (null) of the reset. To be called for every step of an episode in order, with
 * the observation that the step led to: the pictures of a decision are those from before it.
 */
export type CaptionWriter = (told: Told | null, score: number, observation?: NdArray) => Caption;

/** What a caption writer needs to know of an episode. */
export type CaptionFacts = Pick<Manifest, 'game' | 'env' | 'policy' | 'seed'>;

/** Makes what an episode's policy sees. Rejects where its preprocessing cannot be read. */
export type ViewFactory = (manifest: Pick<Manifest, 'game' | 'policy'>) => Promise<View>;

/** Captions of one episode; with `view` they hold the policy's own pictures. */
export function captionWriter(facts: CaptionFacts, view?: View): CaptionWriter {
  const nameOf = actionNamer(facts);
  const sights = sightsOf(facts);
  const actions = actionNames(facts);
  const about = { game: gameTitle(facts), policy: facts.policy.id, seed: facts.seed, actions };
  let given: readonly Canvas[] = [];
  return (told, score, observation) => {
    const next = view && observation ? view(observation).map(canvasOf) : [];
    // Beside the reset stand the pictures that the first decision is made from.
    const shown = told ? given : next;
    given = next;
    const seen = saidSights(sights, told?.raw ?? null);
    const common = { ...about, score, sights: seen, view: shown };
    if (!told) {
      return {
        ...common,
        ...{ step: 0, action: null, answer: null, trouble: null, reward: null, executed: null, scores: null },
      };
    }
    const { step, executed, reward, raw, answered } = told;
    const isNamed = typeof executed === 'number' && executed < actions.length;
    return {
      ...common,
      step,
      action: nameOf(copyOf(executed)),
      answer: raw === null ? (answered === null ? 'none' : nameOf(copyOf(answered))) : JSON.stringify(raw),
      trouble: troubleOf(told),
      reward,
      executed: isNamed ? executed : null,
      scores: readScores(told.scores, actions.length, facts.policy),
    };
  };
}

/** The caption of a step that was played again. */
export function captionOf({ line, tally, played }: VerifiedStep, write: CaptionWriter): Caption {
  return write(isDecision(line) ? line : null, tally.score, played.observation);
}

function saidSights(sights: ReturnType<typeof sightsOf>, raw: string | null): CaptionedSight[] {
  const numbers = raw ? splitSighted({ sights }, raw).sights : undefined;
  return sights.map((sight, index) => ({ ...sight, number: numbers?.[index] ?? null }));
}

function troubleOf({ fallback, attempts }: Told): string | null {
  if (fallback !== null) return `not usable (${fallback}), so the game's fallback was done`;
  return attempts > 1 ? `asked ${attempts} times` : null;
}

function copyOf(action: number | readonly number[]): number | number[] {
  return typeof action === 'number' ? action : [...action];
}

/** A frame in three colours; one channel is taken as grey. */
export function canvasOf(frame: Frame): Canvas {
  const [height, width, channels] = frame.shape as [number, number, number];
  if (channels !== 1) return { width, height, data: frame.data.slice() };
  const data = new Uint8Array(width * height * 3);
  frame.data.forEach((value, index) => void data.fill(value, 3 * index, 3 * index + 3));
  return { width, height, data };
}

/** Where a player says that it sees something; 0 of a column or row is its way to say that there is nothing. */
export function sightText({ name, number, marks }: CaptionedSight): string {
  if (number === null) return '–';
  if (!marks) return String(number);
  return number === 0 ? `no ${name}` : `${marks} ${number}`;
}
