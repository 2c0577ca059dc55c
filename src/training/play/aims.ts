/**
 * Saying an aim before the name of an action, as it is learnt: answers that begin with one, and lessons in recalling
 * alone. These put every aim behind one prompt, so that what each action is called is read from one prompt.
 */
import type { Game } from '../../agent/index.js';
import { AgentError, type Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import { type ImageProcessing, preprocess } from '../../model/image/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import type { TrainingBatch } from '../../model/learning/index.js';
import { type AimedActions, aimedActions } from '../../players/vision-language/aim.js';
import { promptFor } from '../../players/vision-language/prompt-for.js';
import { PIECES } from '../start/instructions/layout.js';
import { fillUp } from './answers.js';
import type { Sample } from './draw-sample.js';
import type { VariedGame } from './varied-game.js';

/** Pieces of a name that the end of its line keeps. */
const KEPT_PIECES = PIECES.length;

/** Throws `usage` for a game whose actions have no aims. */
export function requireAims(model: VisionLanguageModel, game: Game): AimedActions {
  const actions = game.sights.length === 0 ? aimedActions(model, game) : undefined;
  if (actions) return actions;
  throw new AgentError('usage', `the actions of ${game.title} have no aims`, {
    expected: 'descriptions that end with different words, each of one token, and no sights',
    got: game.actions.map(({ description }) => `"${description}"`).join(', '),
    next: 'change the descriptions in the game, or take `aims` out of the recipe',
  });
}

/**
 * Answers by the emulator's action: its aim, then its name as its line has it and the end. A line's end keeps two
 * pieces of a name, so of a longer one no more is asked; they tell names apart.
 */
export function aimedAnswers(model: VisionLanguageModel, game: Game, names: readonly string[]): number[][] {
  const { aims } = requireAims(model, game);
  const [end] = model.tokenizer.endTokens;
  return aims.map((aim, action) => {
    const name = model.tokenizer.encode(` ${names[action]}`);
    const isWhole = end !== undefined && name.length <= KEPT_PIECES;
    return [aim, ...name.slice(0, KEPT_PIECES), ...(isWhole ? [end] : [])];
  });
}

/** Every aim of a telling behind one decision's prompt: right is what follows it. The aim itself is not asked for. */
export function recallBatch(
  { dataset, index }: Sample<Dataset>,
  game: Game,
  { game: told, names }: VariedGame,
  model: VisionLanguageModel,
  processing: ImageProcessing,
): TrainingBatch {
  const frames = dataset.stack(index);
  const answers = fillUp(
    aimedAnswers(model, game, names).map((tokens) => ({
      tokens,
      targets: tokens.map((token, place) => (place === 0 ? [] : [{ token, weight: 1 }])),
    })),
  );
  const row = {
    prompt: promptFor(model, told, { frames, attempt: 0 }).tokens,
    given: answers.map(() => []),
    answers: answers.map(({ tokens }) => tokens),
    targets: answers.map(({ targets }) => targets),
  };
  const folders = dataset.sources.map(({ folder }) => folder).join();
  const pictures = dataset.step(index).stack.map((number) => `${number} of ${folders}`);
  // A frame that a stack shows twice is one picture all the same, known by its name.
  const pixelsOf = (place: number) => preprocess(frames[place] as (typeof frames)[number], processing).data;
  return { rows: [row], pixels: { names: pictures, pixelsOf } };
}

/** Any decision to learn from: what its picture shows does not matter to what an action is called. */
export function drawShown(datasets: readonly Dataset[], random: Random): Sample<Dataset> {
  const dataset = random.pick(datasets);
  const indices = dataset.indices('train');
  return { dataset, index: indices[random.integer(indices.length)] as number };
}
