/**
 * A demonstration as it crosses the queue: behind the record's two files the labels, as JSON, and the frames, PNG files
 * one after the other. What was done and what came of it says the record alone, and its hashes say what was seen.
 */
import { z } from 'zod';
import { AgentError, hashArray, inWords } from '../core/index.js';
import {
  decodeFrame,
  encodeFrame,
  type FrameShape,
  type Label,
  type LabelledStep,
  noiseOf,
  type PlayedEpisode,
} from '../datasets/index.js';
import { type EpisodeRecord, type RecordLine, readSteps, type StepLine } from '../record/index.js';
import { parseAs } from './parse-as.js';

const labelsSchema = z.strictObject({
  /** Lengths of the PNG files, bytes. */
  frames: z.array(z.int().positive()).min(2),
  labels: z.array(
    z.strictObject({
      action: z.int().nonnegative(),
      probabilities: z.array(z.number()).nullable(),
      value: z.number().nullable(),
      isNoise: z.boolean(),
    }),
  ),
});

/** What is sent of an episode behind its record. */
export function packDemonstration({ steps, frames }: Pick<PlayedEpisode, 'steps' | 'frames'>): [Buffer, Buffer] {
  const said: z.output<typeof labelsSchema> = {
    frames: frames.map(({ length }) => length),
    labels: steps.map(({ label: { action, probabilities, value, isNoise } }) => ({
      ...{ action, probabilities: probabilities && [...probabilities], value, isNoise },
    })),
  };
  return [Buffer.from(JSON.stringify(said)), Buffer.concat(frames)];
}

/** What a demonstration must be. */
export interface ExpectedDemonstration {
  /** The episode's, in the dataset. */
  readonly number: number;
  readonly actionCount: number;
  readonly frame: FrameShape;
  readonly noise: number;
  /** Whether who acts is who labels. */
  readonly isOwnLabeller: boolean;
}

/**
 * The episode of a record that has been checked, with what a worker says of it. Rejects with `record` where the frames
 * are not those that the record has hashes of, or a label is none that could have been given.
 */
export async function unpackDemonstration(
  record: EpisodeRecord,
  [labelText, framePack]: readonly Uint8Array[],
  expected: ExpectedDemonstration,
): Promise<PlayedEpisode> {
  if (labelText === undefined || framePack === undefined) throw refused('no labels and frames');
  const { frames: lengths, labels } = parseAs(labelsSchema, Buffer.from(labelText).toString(), refused);
  const lines: RecordLine[] = [];
  for await (const line of readSteps(record)) lines.push(line);
  if (lengths.length !== lines.length || labels.length !== lines.length - 1) {
    throw refused(`${lengths.length} frames and ${labels.length} labels for ${lines.length - 1} decisions`);
  }
  const frames = await checkFrames(framePack, lengths, lines, expected.frame);
  const steps = checkLabels(labels, lines.slice(1) as StepLine[], record.manifest.seed, expected);
  const { seed, result, status } = record.manifest;
  const ending = result?.terminated ? 'terminated' : result?.truncated ? 'truncated' : null;
  const end = { score: result?.score as number, status: status as PlayedEpisode['status'], ending } as const;
  return { number: expected.number, seed, ...end, steps, frames };
}

/** The frames, compressed anew: what lies in a dataset is never a worker's own bytes. */
async function checkFrames(
  pack: Uint8Array,
  lengths: readonly number[],
  lines: readonly RecordLine[],
  shape: FrameShape,
): Promise<Uint8Array[]> {
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  if (whole !== pack.length) throw refused(`${pack.length} bytes of frames, the labels say ${whole}`);
  const frames: Uint8Array[] = [];
  let at = 0;
  for (const [step, { observation }] of lines.entries()) {
    const png = pack.subarray(at, at + (lengths[step] as number));
    at += png.length;
    const frame = decoded(png, shape, step);
    if (hashArray(frame) !== observation) throw refused(`the frame of step ${step} is not what its record saw`);
    frames.push(await encodeFrame(frame));
  }
  return frames;
}

function checkLabels(
  labels: readonly Label[],
  lines: readonly StepLine[],
  seed: number,
  { actionCount, noise, isOwnLabeller }: ExpectedDemonstration,
): LabelledStep[] {
  const chance = noiseOf(seed, noise, actionCount);
  return lines.map(({ step, executed, reward, terminated, truncated }, index) => {
    const label = labels[index] as Label;
    const drawn = chance();
    const said = label.probabilities?.length ?? actionCount;
    if (label.action >= actionCount || said !== actionCount) throw refused(`the label of step ${step} names no action`);
    const done = drawn ?? (isOwnLabeller ? label.action : executed);
    if (label.isNoise !== (drawn !== undefined) || done !== executed || typeof executed !== 'number') {
      throw refused(`step ${step} is not what chance and the labels make of it`);
    }
    return { action: executed, label, reward, terminated, truncated };
  });
}

function decoded(png: Uint8Array, shape: FrameShape, step: number): ReturnType<typeof decodeFrame> {
  try {
    return decodeFrame(png, shape, `step ${step}`);
  } catch (error) {
    throw refused(inWords(error));
  }
}

function refused(got: string): AgentError {
  return new AgentError('record', 'its labels and frames do not hold', { got: got.slice(0, 300) });
}
