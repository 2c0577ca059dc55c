/**
 * The same episodes with other labels: what was seen and done stays, and what should have been done is asked anew.
 * After a better expert came, what a player drove itself need not be driven again (DAgger).
 */
import type { Game, Policy } from '../agent/index.js';
import { AgentError, type EnvSpec, type Frame } from '../core/index.js';
import { stopIfCancelled } from './cancellation.js';
import { type Label, labelFrom } from './collecting-policy.js';
import type { Dataset } from './dataset.js';
import type { ExchangedEpisode, ExchangedStep } from './exchange/episode.js';
import { requireFits, requireSameSize } from './exchange/requirements.js';
import { writeDataset } from './exchange/write-dataset.js';
import type { DatasetDescription, DatasetEpisode } from './schema.js';
import { type WayBack, waysBack } from './way-back.js';

export interface RelabelOptions {
  /** Of the dataset. */
  readonly game: Game;
  /** The game's environment, which nobody plays. */
  readonly spec: EnvSpec;
  /**
   * Asked about each step by itself, so that what it says does not depend on others. Stays the caller's. Without one
   * the labels stay, but for the way back.
   */
  readonly labeller?: Policy | undefined;
  /** Where a car is lost, the label is what a driver would do that reads the track. Of CarRacing alone. */
  readonly isWayBackTold?: boolean;
  /** A new or empty folder. */
  readonly out: string;
  readonly signal?: AbortSignal | undefined;
  readonly onEpisode?: ((done: number, all: number) => void) | undefined;
}

export interface RelabelResult {
  readonly folder: string;
  readonly steps: number;
  /** Steps whose label is another now. */
  readonly changed: number;
}

/**
 * Writes the dataset, of one folder, which is there whole or not at all.
 * Rejects with `dataset` where the data does not fit the game, `policy_failure` where the labeller does not answer with
 * an action, `usage` where `out` holds something or the dataset is of several folders.
 */
export async function relabel(dataset: Dataset, options: RelabelOptions): Promise<RelabelResult> {
  const { game, spec, out, signal, onEpisode } = options;
  const [source, ...others] = dataset.sources;
  if (!source || others.length > 0) {
    throw new AgentError('usage', 'one dataset at a time gets new labels', {
      got: `${dataset.sources.length} folders`,
    });
  }
  requireFits(dataset, game);
  requireSameSize(dataset, spec.observationSpace);
  const { seeds: _, imported, ...description } = source.description;
  const counts = { steps: 0, changed: 0 };
  const opened = {
    description: { ...description, labeller: whoLabels(description.labeller, options) },
    episodeCount: dataset.episodes.length,
    missing: [],
    async *episodes(): AsyncGenerator<ExchangedEpisode> {
      const told = options.isWayBackTold ? waysBack(dataset, game, signal) : undefined;
      // Numbered anew: a collection that was stopped may have gaps.
      for (const [number, episode] of dataset.episodes.entries()) {
        const said = await labelsOf(dataset, episode, options);
        const way: WayBack | undefined = (await told?.next())?.value;
        const labels = said.map((label, step) => labelOnTheWay(label, way?.[step] ?? null));
        counts.steps += labels.length;
        counts.changed += labels.filter(({ action }, i) => action !== dataset.step(episode.firstStep + i).label).length;
        yield { number, ...withLabels(dataset, episode, labels) };
      }
      await told?.next(); // what it ends with
    },
  };
  return { folder: await writeDataset(opened, { out, imported, signal, onEpisode }), ...counts };
}

type Labeller = DatasetDescription['labeller'];

/** Throws `usage` where nothing would change. */
function whoLabels(before: Labeller, { labeller, isWayBackTold = false }: RelabelOptions): Labeller {
  if (!labeller && !isWayBackTold) throw new AgentError('usage', 'who shall say what should have been done?');
  const { id, provenance } = labeller ? { id: labeller.id, provenance: { ...labeller.provenance } } : before;
  return { id: isWayBackTold ? `${id}, and the way back` : id, provenance };
}

/** A driver's action is certain; it expects no return. */
function labelOnTheWay(label: Label, action: number | null): Label {
  return action === null ? label : { action, probabilities: null, value: null, isNoise: label.isNoise };
}

/** What the labeller says at each step of an episode, shown all that was seen, in its order; else what is there. */
async function labelsOf(
  dataset: Dataset,
  { seed, steps, firstStep, episode: number }: DatasetEpisode,
  { game, spec, labeller, signal }: RelabelOptions,
): Promise<Label[]> {
  if (!labeller) {
    return Array.from({ length: steps }, (_, i) => {
      const { label: action, probabilities, value, isNoise } = dataset.step(firstStep + i);
      return { action, probabilities, value, isNoise };
    });
  }
  const episode = `relabel-${number}`;
  await labeller.begin({ episode, seed, env: spec, game });
  try {
    const labels: Label[] = [];
    let known = new Map<number, Frame>();
    for (let step = 0; step < steps; step++) {
      stopIfCancelled(signal);
      const { stack, frame, isNoise } = dataset.step(firstStep + step);
      // The same frame is the same object from step to step, as players may expect.
      known = new Map([...stack, frame].map((shown) => [shown, known.get(shown) ?? dataset.frame(shown)]));
      const frames = stack.map((shown) => known.get(shown) as Frame);
      const observation = known.get(frame) as Frame;
      const [answer] = await labeller.act(
        [{ episode, step, frames, observation, attempt: 0 }],
        signal ? { signal } : {},
      );
      if (!answer) throw new AgentError('policy_failure', 'the labeller gave no answer', { where: labeller.id });
      labels.push({ ...labelFrom(answer, labeller), isNoise });
    }
    return labels;
  } finally {
    await labeller.end(episode);
  }
}

function withLabels(
  dataset: Dataset,
  episode: DatasetEpisode,
  labels: readonly Label[],
): Omit<ExchangedEpisode, 'number'> {
  const { seed, score, status, ending, firstStep, firstFrame } = episode;
  const steps = labels.map(({ action: label, ...said }, i): ExchangedStep => {
    const { step, stack, action, reward, terminated, truncated } = dataset.step(firstStep + i);
    const shown = stack.map((frame) => frame - firstFrame);
    return { step, stack: shown, action, label, ...said, reward, terminated, truncated };
  });
  const frames = Array.from({ length: labels.length + 1 }, (_, i) => dataset.framePng(firstFrame + i));
  return { seed, score, status, ending, steps, frames };
}
