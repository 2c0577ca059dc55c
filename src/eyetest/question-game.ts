/**
 * A question as a game of one decision: so every player that can play can be tested, with its prompt, parser, service,
 * cache and budget as they are in play.
 */
import { type Game, gameForEnv } from '../agent/index.js';
import type { EnvSpec } from '../core/index.js';

export interface AskedQuestion {
  readonly wording: string;
  readonly choices: readonly string[];
  /** Pictures. */
  readonly frames: number;
  /** Pixels of their side. */
  readonly side: number;
  /** `written`: a checkpoint in this process writes free text; else it says the choice that it finds likeliest. */
  readonly answers?: 'scored' | 'written' | undefined;
}

/** What stands for an emulator. */
export function questionSpec({ choices, side }: Pick<AskedQuestion, 'choices' | 'side'>): EnvSpec {
  return {
    id: 'eyetest',
    observationSpace: { kind: 'box', dtype: 'uint8', shape: [side, side, 3], low: 0, high: 255 },
    actionSpace: { kind: 'discrete', count: choices.length, start: 0 },
    actionNames: choices,
    frameSkip: 1,
    maxEpisodeSteps: 1,
    framesPerSecond: null,
    renderSize: null,
  };
}

/** The game of a question. What cannot be used is not asked again: it is counted. */
export function questionGame(question: AskedQuestion): Game {
  const { wording, choices, frames, answers = 'scored' } = question;
  return {
    ...gameForEnv(questionSpec(question)),
    title: 'Eye test',
    frames,
    actions: choices.map((name) => ({ name, aliases: [], description: name })),
    answers: { retries: 0, fallback: 0, onError: 'fail' },
    ...(answers === 'written' ? { play: { answers } } : {}),
    prompt: {
      template: '{frames}\n{instructions}\n{answer}',
      instructions: wording,
      frame: frames === 1 ? '<image>' : 'Picture {number} of {count}: <image>',
      action: '{name}',
      answer: 'Answer with one of these and nothing else: {names}.',
      retry: 'Answer with one of these and nothing else: {names}.',
    },
  };
}
