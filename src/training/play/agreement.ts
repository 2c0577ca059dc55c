/**
 * How often a model that is shown a decision answers what the labeller would do: told plainly, and told with the names
 * of two actions swapped. The second says whether the instructions are read or the answers known by heart.
 */
import type { Game, GameAction } from '../../agent/index.js';
import { createRandom } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import { modelAnswers } from '../../players/vision-language/player.js';
import { plainGame, swapNames, type VariedGame } from './varied-game.js';

export interface Agreement {
  /** Decisions asked about. */
  readonly decisions: number;
  /** Share of answers that are the labeller's action, told plainly. */
  readonly plain: number;
  /**
   * The same for each of the labeller's actions by itself, their mean: always the commonest gives 1 over their number.
   */
  readonly balanced: number;
  /** The same where the label is one of two actions with swapped names. */
  readonly swapped: number;
  /** Share of those answers that are what would be right without the swap: the instruction was not read. */
  readonly ignored: number;
}

export interface Questions {
  readonly count: number;
  readonly seed: number;
  /** Whether the model says its aim first. */
  readonly saysAims?: boolean;
  /** What would be right at a step, where that is not the dataset's label. */
  readonly labelOf?: (index: number) => number;
}

/** Asks about `count` decisions of the validation split, drawn by `seed`; of all episodes where there is none. */
export async function measureAgreement(
  model: VisionLanguageModel,
  game: Game,
  dataset: Dataset,
  { count, seed, saysAims, labelOf = (index) => dataset.step(index).label }: Questions,
): Promise<Agreement> {
  const validation = dataset.indices('validation');
  const indices = validation.length > 0 ? validation : dataset.indices();
  const random = createRandom(seed, 'agreement');
  const asked = Array.from({ length: count }, () => {
    const index = indices[random.integer(indices.length)] as number;
    const label = labelOf(index);
    const other = (label + 1 + random.integer(game.actions.length - 1)) % game.actions.length;
    return { index, label, other };
  });
  let [plain, swapped, ignored] = [0, 0, 0];
  const byLabel = game.actions.map(() => ({ asked: 0, right: 0 }));
  const answerOf = createAnswerer(model, dataset, saysAims);
  const plainly = plainGame(game);
  for (const { index, label, other } of asked) {
    const ofLabel = byLabel[label] as (typeof byLabel)[number];
    ofLabel.asked++;
    if ((await answerOf(index, plainly)) === label) {
      plain++;
      ofLabel.right++;
    }
    const turned = await answerOf(index, swapNames(game, label, other));
    if (turned === label) swapped++;
    if (turned === other) ignored++;
  }
  const recalls = byLabel.filter(({ asked }) => asked > 0).map(({ asked, right }) => right / asked);
  const balanced = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  return { decisions: count, plain: plain / count, balanced, swapped: swapped / count, ignored: ignored / count };
}

/** Asks about one step: the emulator's action that the model's answer means under the names that the prompt gave. */
function createAnswerer(
  model: VisionLanguageModel,
  dataset: Dataset,
  saysAims: boolean | undefined,
): (index: number, told: VariedGame) => Promise<number> {
  const answersOf = modelAnswers(model, saysAims === undefined ? {} : { saysAims });
  return async (index, { game, names }) => {
    const [answer] = await answersOf(game, [{ frames: dataset.stack(index), attempt: 0 }]);
    const scores = answer?.scores ?? [];
    const listed = game.actions[scores.indexOf(Math.max(...scores))] as GameAction;
    return names.indexOf(listed.name);
  };
}
