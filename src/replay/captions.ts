/** Captions: what is written under the pictures of a decision. */
import { type StepRecord, splitSighted } from '../agent/index.js';
import { actionNamer, sightsOf } from './game-facts.js';
import type { Manifest } from './record-schema.js';
import { isDecision } from './replay-episode.js';
import type { VerifiedStep } from './replay-steps.js';

/** What is known at a decision; `action` and `reward` are null before the first. */
export interface Caption {
  readonly step: number;
  readonly action: string | null;
  readonly reward: number | null;
  /** With this step's reward. */
  readonly score: number;
  /** What the player says it saw before it acted, in the game's order; empty where the game does not ask. */
  readonly sights: readonly CaptionedSight[];
}

/** A number that was said; null where the answer had none in form, and before the first decision. */
export interface CaptionedSight {
  readonly name: string;
  readonly number: number | null;
  readonly marks?: 'column' | 'row';
}

/** A decision as far as its caption tells of it. */
type Told = Pick<StepRecord, 'step' | 'executed' | 'reward' | 'raw'>;

/** Writes the caption of a decision, or (null) of the reset. */
export type CaptionWriter = (told: Told | null, score: number) => Caption;

/** Captions of one episode. */
export function captionWriter(facts: Pick<Manifest, 'game' | 'env'>): CaptionWriter {
  const nameOf = actionNamer(facts);
  const sights = sightsOf(facts);
  return (told, score) => {
    const numbers = told?.raw ? splitSighted({ sights }, told.raw).sights : undefined;
    const seen = sights.map((sight, index) => ({ ...sight, number: numbers?.[index] ?? null }));
    if (!told) return { step: 0, action: null, reward: null, score, sights: seen };
    const { step, executed, reward } = told;
    const action = nameOf(typeof executed === 'number' ? executed : [...executed]);
    return { step, action, reward, score, sights: seen };
  };
}

/** The caption of a step that was played again. */
export function captionOf({ line, tally }: VerifiedStep, write: CaptionWriter): Caption {
  return write(isDecision(line) ? line : null, tally.score);
}
