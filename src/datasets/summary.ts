/** What a dataset holds, in numbers: as JSON for programs, as text for people. */
import { harmlessName } from '../core/index.js';
import type { Dataset, DatasetSource } from './dataset.js';
import type { Split } from './schema.js';

export interface SplitSummary {
  readonly episodes: number;
  readonly steps: number;
}

export interface DatasetSummary {
  readonly game: string;
  readonly folders: readonly string[];
  readonly driver: readonly string[];
  readonly labeller: readonly string[];
  readonly noise: readonly number[];
  readonly episodes: number;
  readonly steps: number;
  readonly frames: number;
  readonly splits: Readonly<Record<Split, SplitSummary>>;
  /** Of what was driven: the mean over episodes, and the extremes. */
  readonly score: {
    readonly mean: number;
    readonly lowest: number;
    readonly highest: number;
  } | null;
  readonly endings: Readonly<Record<'terminated' | 'truncated' | 'stopped', number>>;
  /** Steps by action: how often it was executed, and how often it was the label. */
  readonly actions: readonly { readonly name: string; readonly executed: number; readonly label: number }[];
  /** Part of the steps at which the label was executed, and at which chance acted. */
  readonly agreement: number;
  readonly randomSteps: number;
  readonly bytes: { readonly steps: number; readonly frames: number };
}

/** Goes over all steps once; no frame is decoded. */
export function summarise(dataset: Dataset): DatasetSummary {
  const { episodes, sources, actions } = dataset;
  const counts = actions.map((name) => ({ name, executed: 0, label: 0 }));
  let [agreeing, random] = [0, 0];
  for (let index = 0; index < dataset.stepCount; index++) {
    const { action, label, isNoise } = dataset.step(index);
    const [executed, labelled] = [counts[action], counts[label]];
    if (executed) executed.executed++;
    if (labelled) labelled.label++;
    if (action === label) agreeing++;
    if (isNoise) random++;
  }
  const distinct = <T>(of: (source: DatasetSource) => T): T[] => [...new Set(sources.map(of))];
  const ofSplit = (split: Split): SplitSummary => {
    const own = episodes.filter((episode) => episode.split === split);
    return { episodes: own.length, steps: own.reduce((sum, { steps }) => sum + steps, 0) };
  };
  const ending = (name: string): number => episodes.filter((e) => (e.ending ?? 'stopped') === name).length;
  return {
    game: dataset.game,
    folders: sources.map(({ folder }) => folder),
    driver: distinct(({ description }) => description.driver.id),
    labeller: distinct(({ description }) => description.labeller.id),
    noise: distinct(({ description }) => description.noise),
    episodes: episodes.length,
    steps: dataset.stepCount,
    frames: dataset.frameCount,
    splits: { train: ofSplit('train'), validation: ofSplit('validation') },
    score: scoreOf(episodes.map(({ score }) => score)),
    endings: { terminated: ending('terminated'), truncated: ending('truncated'), stopped: ending('stopped') },
    actions: counts,
    agreement: dataset.stepCount === 0 ? 0 : agreeing / dataset.stepCount,
    randomSteps: dataset.stepCount === 0 ? 0 : random / dataset.stepCount,
    bytes: {
      steps: sources.reduce((sum, { bytes }) => sum + bytes.steps, 0),
      frames: sources.reduce((sum, { bytes }) => sum + bytes.frames, 0),
    },
  };
}

function scoreOf(scores: readonly number[]): DatasetSummary['score'] {
  if (scores.length === 0) return null;
  return {
    mean: mean(scores),
    lowest: Math.min(...scores),
    highest: Math.max(...scores),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A dozen lines, whatever the names in them. */
export function formatSummary(summary: DatasetSummary): string {
  const { splits, score, endings, actions, bytes, steps } = summary;
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const split = ({ episodes, steps: own }: SplitSummary): string => `${episodes} episodes, ${own} steps`;
  const width = Math.max(...actions.map(({ name }) => name.length));
  const rows = actions.map(
    ({ name, executed, label }) =>
      `  ${name.padEnd(width)}  ${String(executed).padStart(8)}  ${String(label).padStart(8)}`,
  );
  return [
    `${summary.game}: ${summary.episodes} episodes, ${steps} steps, ${summary.frames} frames, ${megabytes(bytes.steps + bytes.frames)}`,
    `driven by   ${summary.driver.join(', ')}${summary.noise.some((noise) => noise > 0) ? `, noise ${summary.noise.join(', ')}` : ''}`,
    `labelled by ${summary.labeller.join(', ')}`,
    `train       ${split(splits.train)}`,
    `validation  ${split(splits.validation)}`,
    ...(score === null
      ? []
      : [
          `score       mean ${score.mean.toFixed(1)}, lowest ${score.lowest.toFixed(1)}, highest ${score.highest.toFixed(1)}`,
        ]),
    `endings     ${endings.terminated} terminated, ${endings.truncated} truncated, ${endings.stopped} stopped`,
    `agreement   ${percent(summary.agreement)} of the actions executed are the label; ${percent(summary.randomSteps)} random`,
    `  ${'action'.padEnd(width)}  executed     label`,
    ...rows,
  ]
    .map(harmlessName)
    .join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
