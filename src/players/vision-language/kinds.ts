/** The vision-language models by name, without loading anything of them. */
import type { Game } from '../../agent/game/game.js';
import type { View } from '../../agent/policy.js';
import { FrameStack } from '../../agent/prompt/frame-stack.js';
import type { PolicyKind } from '../registry.js';
import { NEEDS } from './needs.js';
import { createPaeLammPolicy } from './player.js';

/** The checkpoint that plays a game where none is named: `models/pae-lamm-GAME`, and the baseline's beside it. */
export function playingModel(kind: 'pae-lamm' | 'baseline', { name }: Pick<Game, 'name'>): string {
  return `${kind}-${name}`;
}

/** `pae-lamm[:DIR]`: a path, or a name in models/. */
export const paeLammKind: PolicyKind = {
  name: 'pae-lamm',
  argument: { name: 'DIR', isRequired: false },
  needs: NEEDS,
  description: 'a vision-language model in LLaVA layout, by default models/pae-lamm-GAME',
  check: (folder, { game }) => requireModel(folder ?? playingModel('pae-lamm', game)),
  create: (folder, { game, demonstrations }) =>
    createPaeLammPolicy(folder ?? playingModel('pae-lamm', game), { game, demonstrations }),
  view: (folder, { game }) => modelView(folder ?? playingModel('pae-lamm', game), game),
};

/** `baseline`: the same network, data and training as `pae-lamm`, with the vision encoder frozen throughout. */
export const baselineKind: PolicyKind = {
  name: 'baseline',
  argument: { name: 'DIR', isRequired: false },
  needs: NEEDS,
  description: "pae-lamm's baseline, by default models/baseline-GAME",
  check: (folder, { game }) => requireModel(folder ?? playingModel('baseline', game)),
  create: (folder, { game, demonstrations }) =>
    createPaeLammPolicy(folder ?? playingModel('baseline', game), { game, kind: 'baseline', demonstrations }),
  view: (folder, { game }) => modelView(folder ?? playingModel('baseline', game), game),
};

/**
 * The game's stack of frames, resized and cropped as the checkpoint's preprocessing does; colours are left as bytes.
 */
async function modelView(given: string, { frames }: Pick<Game, 'frames'>): Promise<View> {
  const { findModel, fitPicture, readImageProcessing } = await import('../../model/index.js');
  const processing = await readImageProcessing(await findModel(given));
  const stack = new FrameStack(frames);
  return (observation) => {
    stack.push(observation);
    return stack.frames.map((frame) => fitPicture(frame, processing));
  };
}

/** Sees that the checkpoint is there. */
async function requireModel(given: string): Promise<void> {
  const { findModel } = await import('../../model/index.js');
  await findModel(given);
}
