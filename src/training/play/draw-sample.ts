/** Which decisions are learnt from. */
import type { Random } from '../../core/index.js';
import type { Dataset } from '../../datasets/index.js';

/** What of a dataset drawing needs to know. */
export type LabelledSteps = Pick<Dataset, 'actions' | 'indices' | 'step'>;

/** A decision of a dataset. */
export interface Sample<T extends LabelledSteps> {
  readonly dataset: T;
  readonly index: number;
}

export interface DrawRules {
  /** Part of the samples that comes from the newest dataset of a game. */
  readonly newest: number;
  /**
   * How evenly the labeller's actions are drawn, 0 (every decision alike) to 1 (every action alike): an action is drawn
   * as often as its count to the power of 1 - balance. An expert that mostly shoots standing still shows little else
   * otherwise.
   */
  readonly balance: number;
}

/** A step of the training split, of the newest dataset or of all: its label first, then a step with that label. */
export function drawSample<T extends LabelledSteps>(
  datasets: readonly T[],
  { newest, balance }: DrawRules,
  random: Random,
): Sample<T> {
  const chosen = random.next() < newest ? datasets.slice(-1) : datasets;
  const pools = chosen.map((dataset) => ({ dataset, byLabel: trainingSteps(dataset) }));
  const actions = Math.max(...pools.map(({ byLabel }) => byLabel.length));
  const counts = Array.from({ length: actions }, (_, label) =>
    pools.reduce((sum, { byLabel }) => sum + (byLabel[label]?.length ?? 0), 0),
  );
  const label = drawIndex(
    counts.map((count) => (count === 0 ? 0 : count ** (1 - balance))),
    random,
  );
  let left = random.integer(counts[label] ?? 0);
  for (const { dataset, byLabel } of pools) {
    const indices = byLabel[label] ?? [];
    if (left < indices.length) return { dataset, index: indices[left] as number };
    left -= indices.length;
  }
  throw new RangeError('a draw beyond the last step');
}

/** An index, each as likely as its weight. */
export function drawIndex(weights: readonly number[], random: Random): number {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  // Rounding: what is left over belongs to the last that is possible at all.
  return weights.findLastIndex((weight) => weight > 0);
}

const known = new WeakMap<LabelledSteps, readonly number[][]>();

/** By their labels. Datasets are read and never change while they are open. */
function trainingSteps(dataset: LabelledSteps): readonly number[][] {
  const made = known.get(dataset);
  if (made) return made;
  const byLabel: number[][] = dataset.actions.map(() => []);
  for (const index of dataset.indices('train')) byLabel[dataset.step(index).label]?.push(index);
  known.set(dataset, byLabel);
  return byLabel;
}
