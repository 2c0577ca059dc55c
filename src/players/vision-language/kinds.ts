/** The vision-language models by name, without loading anything of them. */
import type { Game } from '../../agent/game/game.js';
import type { View } from '../../agent/policy.js';
import { FrameStack } from '../../agent/prompt/frame-stack.js';
import type { PolicyKind } from '../registry.js';
import { NEEDS } from './needs.js';
import type { PaperModel } from './paper-models.js';
import { createPaeLammPolicy } from './player.js';

/** The checkpoint that plays a game where none is named: `models/pae-lamm-GAME`, and the others beside it. */
export function playingModel(model: PaperModel, { name }: Pick<Game, 'name'>): string {
  return `${model}-${name}`;
}

/** `pae-lamm[:DIR]`, `frozen[:DIR]`, `plain[:DIR]`: a path, or a name in models/. */
function kindOf(model: PaperModel, description: string): PolicyKind {
  return {
    name: model,
    argument: { name: 'DIR', isRequired: false },
    needs: NEEDS,
    description,
    check: (folder, { game }) => requireModel(folder ?? playingModel(model, game), model),
    create: (folder, { game, demonstrations, services }) =>
      createPaeLammPolicy(folder ?? playingModel(model, game), {
        ...{ game, kind: model, demonstrations },
        onWarning: services?.onWarning,
      }),
    view: (folder, { game }) => modelView(folder ?? playingModel(model, game), game),
  };
}

/** The paper's model, and any checkpoint in LLaVA's layout. */
export const paeLammKind = kindOf(
  'pae-lamm',
  'a vision-language model in LLaVA layout, by default models/pae-lamm-GAME',
);

/** PAE-LaMM, and what it is held against here. */
export const modelKinds: readonly PolicyKind[] = [
  paeLammKind,
  kindOf('frozen', 'one whose vision encoder never learnt, by default models/frozen-GAME'),
  kindOf('plain', 'one that was asked for no pixel either, by default models/plain-GAME'),
];

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
async function requireModel(given: string, model: PaperModel): Promise<void> {
  const { findModelAs } = await import('../../model/index.js');
  await findModelAs(given, `--policy ${model}:`);
}
