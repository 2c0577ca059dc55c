/**
 * What the trainer in Python (envs/python/agent_training/lessons) is to tell a model, as tokens. So prompt, chat
 * template and tokenizer stay where they are.
 */
import type { Game } from '../../agent/index.js';
import { AgentError, createRandom, type Frame } from '../../core/index.js';
import { readImageProcessing } from '../../model/image/index.js';
import { VisionLanguageModel } from '../../model/index.js';
import { promptFor } from '../../players/vision-language/prompt-for.js';
import { sightedTemplate } from '../../players/vision-language/sighted-template.js';
import { plainGame, type VariedGame, varyGame } from '../play/varied-game.js';
import type { LessonsRecipe } from './recipe.js';

export interface Tellings {
  /** Tokens before a picture that is shown alone. */
  readonly begin: readonly number[];
  readonly image_token: number;
  /** Tokens of a picture. */
  readonly patches: number;
  readonly preprocessing: { readonly mean: readonly number[]; readonly deviation: readonly number[]; side: number };
  /** The token of each number in each place. */
  readonly sights: readonly (readonly number[])[];
  /** Prompts of as many pictures as the game shows, with the answer's name of each action; the game as it is first. */
  readonly tellings: readonly {
    readonly prompt: readonly number[];
    readonly answers: readonly (readonly number[])[];
  }[];
}

/**
 * As many tellings of a game with sights as the recipe says, for the model in `folder`.
 * Rejects with `usage` for a tokenizer or a size of pictures that the trainer does not know; what loading throws.
 */
export async function tellingsOf(
  folder: string,
  game: Game,
  { tellings: count, instructions }: Pick<LessonsRecipe, 'tellings' | 'instructions'>,
): Promise<Tellings> {
  using model = await VisionLanguageModel.load(folder);
  const { mean, deviation, resize } = await readImageProcessing(folder);
  const sights = sightedTemplate(model, game)?.parts.map((part) => (part.kind === 'choice' ? part.among : []));
  if (sights?.length !== game.sights.length || !resize || 'shortest' in resize || resize.height !== resize.width) {
    throw new AgentError('usage', 'this model cannot be taught by `agent train lessons`', {
      expected: 'a tokenizer with a token for each number in each place of an answer, and pictures of one square size',
      got: sights === undefined ? 'numbers that are cut into pieces' : JSON.stringify(resize),
      where: folder,
      next: 'take one like models/pae-lamm-mini',
    });
  }
  const random = createRandom(1, 'tellings');
  const plain = telling(model, plainGame(game), game.frames);
  return {
    begin: model.tokenizer.encode('', true),
    image_token: model.network.image.imageToken,
    patches: model.network.image.tokensPerImage,
    preprocessing: { mean, deviation, side: resize.height },
    sights,
    tellings: [
      plain,
      ...Array.from({ length: count - 1 }, () => telling(model, varyGame(game, instructions, random), game.frames)),
    ],
  };
}

function telling(model: VisionLanguageModel, { game, names }: VariedGame, count: number): Tellings['tellings'][number] {
  const blank: Frame = { dtype: 'uint8', shape: [2, 2, 3], data: new Uint8Array(12) };
  const { tokens } = promptFor(model, game, { frames: new Array<Frame>(count).fill(blank), attempt: 0 });
  return { prompt: tokens, answers: names.map((name) => model.answer(name)) };
}
