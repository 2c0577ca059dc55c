/**
 * What a dataset says about itself, as JSON: `dataset.json` (what was collected, by whom, under which rules) and one
 * `shards/NAME.json` beside each shard, written last, so that a shard counts exactly when it is whole. docs/datasets.md
 */
import { z } from 'zod';

export const DATASET_FILE = 'dataset.json';
export const SHARDS_FOLDER = 'shards';

const count = z.int().nonnegative();

const player = z.strictObject({
  /** The policy's name, such as `expert:models/expert-carracing`. */
  id: z.string(),
  provenance: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const datasetSchema = z.strictObject({
  format: z.literal('agent-demonstrations'),
  format_version: z.literal(1),
  game: z.string(),
  /** Gymnasium id, and how the emulator was made. */
  env: z.string(),
  emulator: z.record(z.string(), z.json()),
  /** Of game time, where the emulator says. */
  decisions_per_second: z.number().positive().nullable(),
  /** Names by index. */
  actions: z.array(z.string()).min(1),
  /** Pixels of uint8. */
  frame: z.strictObject({ height: z.int().positive(), width: z.int().positive(), channels: z.literal([1, 3]) }),
  /** Frames a model of this game is shown at once. */
  stack: z.int().positive(),
  /** Who acted, and who said what should be done. */
  driver: player,
  labeller: player,
  /** Probability that a random action was executed instead of the driver's. */
  noise: z.number().min(0).max(1),
  /** Decisions after which an episode was stopped. */
  max_steps: z.int().positive().nullable(),
  /** An episode is validation where its seed modulo `modulus` is `validation`. */
  split: z.strictObject({ modulus: z.int().min(2), validation: count }),
  /** By episode number; grows when more is collected. */
  seeds: z.array(count),
  versions: z.record(z.string(), z.string()),
  /** Of what `agent datasets import` made: where it came from. */
  imported: z
    .strictObject({
      format: z.enum(['hf', 'lerobot', 'minari', 'records']),
      /** The source's own name for itself, or its folder's. */
      source: z.string(),
      /** Of the files that were read, by their names and contents. */
      sha256: z.string(),
      /** What the source did not hold, and what stands in its place, in sentences. */
      missing: z.array(z.string()),
    })
    .exactOptional(),
});

const file = z.strictObject({ bytes: count, sha256: z.string() });

const shardEpisode = z.strictObject({
  episode: count,
  seed: count,
  split: z.enum(['train', 'validation']),
  steps: z.int().positive(),
  score: z.number(),
  /** `stopped` by a limit of decisions. */
  status: z.enum(['finished', 'stopped']),
  ending: z.enum(['terminated', 'truncated']).nullable(),
  first_row: count,
  /** Where its frames lie in the shard's `.frames` file. */
  frames: z.strictObject({ offset: count, bytes: count }),
});

export const shardSchema = z.strictObject({
  format_version: z.literal(1),
  files: z.strictObject({ steps: file, frames: file }),
  rows: count,
  episodes: z.array(shardEpisode).min(1),
});

export type DatasetDescription = z.infer<typeof datasetSchema>;
export type ShardDescription = z.infer<typeof shardSchema>;
export type ShardEpisode = z.infer<typeof shardEpisode>;
export type Split = ShardEpisode['split'];

/** One episode in ten, by the seed's last digit: the same in every dataset, so that merged ones never mix the two. */
export const SPLIT_RULE: DatasetDescription['split'] = { modulus: 10, validation: 9 };

export function splitOf(seed: number, { modulus, validation } = SPLIT_RULE): Split {
  return seed % modulus === validation ? 'validation' : 'train';
}

/** One episode, with its place among all steps and frames of the dataset. */
export interface DatasetEpisode extends Pick<ShardEpisode, 'seed' | 'split' | 'score' | 'steps' | 'status' | 'ending'> {
  /** Which of `Dataset.sources` it is from, and its number there. */
  readonly source: number;
  readonly episode: number;
  readonly firstStep: number;
  /** Its frames are `firstFrame` to `firstFrame + steps`; the last one was seen by nobody who had to decide. */
  readonly firstFrame: number;
}

/** One decision: what was seen, what should be done, what was done, what came of it. */
export interface Decision {
  /** Decisions made before this one in the episode. */
  readonly step: number;
  /** Number of the frame that was seen last. */
  readonly frame: number;
  /** Numbers of the frames seen together, oldest first; at an episode's start the first one several times. */
  readonly stack: readonly number[];
  /** The action executed. */
  readonly action: number;
  /** The action that the labeller would take. */
  readonly label: number;
  /** Whether `action` is a random one, drawn because of `noise`. */
  readonly isNoise: boolean;
  /** The labeller's probabilities by action; null where it has none. */
  readonly probabilities: readonly number[] | null;
  /** The return that the labeller expects; null where it expects none. */
  readonly value: number | null;
  /** What the action executed brought. */
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** One decision. Frames and steps are numbered over the whole dataset. */
export interface DatasetStep extends Decision {
  readonly index: number;
  readonly episode: DatasetEpisode;
}
