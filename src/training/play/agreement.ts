/**
 * How often a model that is shown a decision answers what the labeller would do: told plainly, and told with the names of
 * two actions swapped. The second says whether the instructions are read or the answers known by heart.
 */
import type { Game } from '../../agent/index.js';
import { promptFor } from '../../agent/policies/pae-lamm.js';
import { createRandom } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';
import type { VisionLanguageModel } from '../../model/index.js';
import { plainGame, swapNames, type VariedGame } from './varied-game.js';

export interface Agreement {
  /** Decisions asked about. */
  readonly decisions: number;
  /** Share of answers that are the labeller's action, told plainly. */
  readonly plain: number;
  /** The same for each of the labeller's actions by itself, their mean: always the commonest gives 1 over their number. */
  readonly balanced: number;
  /** The same where the label is one of two actions with swapped names. */
  readonly swapped: number;
  /** Share of those answers that are what would be right without the swap: the instruction was not read. */
  readonly ignored: number;
}

/** Decisions that are asked about at once. */
const BATCH = 16;

/** Asks about `count` decisions of the validation split, drawn by `seed`; of all episodes where there is none. */
export async function measureAgreement(
  model: VisionLanguageModel,
  game: Game,
  dataset: Dataset,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<Agreement> {
  const validation = dataset.indices('validation');
  const indices = validation.length > 0 ? validation : dataset.indices();
  const random = createRandom(seed, 'agreement');
  const asked = Array.from({ length: count }, () => {
    const index = indices[random.integer(indices.length)] as number;
    const { label } = dataset.step(index);
    const other = (label + 1 + random.integer(game.actions.length - 1)) % game.actions.length;
    return { index, label, other };
  });
  let [plain, swapped, ignored] = [0, 0, 0];
  const byLabel = game.actions.map(() => ({ asked: 0, right: 0 }));
  for (let start = 0; start < asked.length; start += BATCH) {
    const part = asked.slice(start, start + BATCH);
    const told = await answers(
      model,
      dataset,
      part.map(({ index }) => ({ index, told: plainGame(game) })),
    );
    const turned = await answers(
      model,
      dataset,
      part.map(({ index, label, other }) => ({ index, told: swapNames(game, label, other) })),
    );
    part.forEach(({ label, other }, i) => {
      const ofLabel = byLabel[label] as (typeof byLabel)[number];
      ofLabel.asked++;
      if (told[i] === label) {
        plain++;
        ofLabel.right++;
      }
      if (turned[i] === label) swapped++;
      if (turned[i] === other) ignored++;
    });
  }
  const recalls = byLabel.filter(({ asked }) => asked > 0).map(({ asked, right }) => right / asked);
  const balanced = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  return { decisions: count, plain: plain / count, balanced, swapped: swapped / count, ignored: ignored / count };
}

/** The emulator's action that each answer means under the names that its prompt gave. */
async function answers(
  model: VisionLanguageModel,
  dataset: Dataset,
  questions: readonly { readonly index: number; readonly told: VariedGame }[],
): Promise<number[]> {
  const prompts = questions.map(({ index, told }) =>
    promptFor(model, told.game, { frames: dataset.stack(index), attempt: 0 }),
  );
  const all = [...new Set(questions.flatMap(({ told }) => told.names))];
  const scores = await model.score(prompts, all);
  return scores.map((ofNames, i) => {
    const best = all[ofNames.indexOf(Math.max(...ofNames))] as string;
    return (questions[i]?.told.names ?? []).indexOf(best);
  });
}
