/** The step table of a shard, as Parquet: one row a decision. The columns are the format's; docs/datasets.md. */
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { AgentError, inWords } from '../core/index.js';
import { type Column, encodeTable } from './parquet-table.js';
import type { Decision, Split } from './schema.js';

/** One decision; frames are numbered within the episode. */
export interface StepRow extends Decision {
  readonly episode: number;
  readonly seed: number;
  readonly split: Split;
  /** Where the PNG of `frame` lies in the shard's `.frames` file. */
  readonly frameOffset: number;
  readonly frameBytes: number;
}

/** What a decision is, whoever reads it. */
export const DECISION_COLUMNS: readonly Column<Omit<StepRow, 'frameOffset' | 'frameBytes'>>[] = [
  { name: 'episode', type: 'INT32', of: (row) => row.episode },
  { name: 'seed', type: 'INT64', of: (row) => BigInt(row.seed) },
  { name: 'split', type: 'STRING', of: (row) => row.split },
  { name: 'step', type: 'INT32', of: (row) => row.step },
  { name: 'frame', type: 'INT32', of: (row) => row.frame },
  { name: 'stack', type: 'INT32', isList: true, of: (row) => row.stack },
  { name: 'action', type: 'INT32', of: (row) => row.action },
  { name: 'label', type: 'INT32', of: (row) => row.label },
  { name: 'is_noise', type: 'BOOLEAN', of: (row) => row.isNoise },
  { name: 'probabilities', type: 'FLOAT', isList: true, isOptional: true, of: (row) => row.probabilities },
  { name: 'value', type: 'DOUBLE', isOptional: true, of: (row) => row.value },
  { name: 'reward', type: 'DOUBLE', of: (row) => row.reward },
  { name: 'terminated', type: 'BOOLEAN', of: (row) => row.terminated },
  { name: 'truncated', type: 'BOOLEAN', of: (row) => row.truncated },
];

const COLUMNS: readonly Column<StepRow>[] = [
  ...DECISION_COLUMNS,
  { name: 'frame_offset', type: 'INT64', of: (row) => BigInt(row.frameOffset) },
  { name: 'frame_bytes', type: 'INT32', of: (row) => row.frameBytes },
];

/** The table as a Parquet file. */
export function encodeSteps(rows: readonly StepRow[]): Uint8Array {
  return encodeTable(COLUMNS, rows);
}

/**
 * Reads a table back, rows in order.
 * Rejects with `dataset` where the file is damaged or lacks a column.
 */
export async function readSteps(path: string): Promise<StepRow[]> {
  try {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    return rows.map(asStepRow);
  } catch (cause) {
    throw new AgentError('dataset', 'a step table cannot be read', {
      expected: `Parquet with the columns ${COLUMNS.map(({ name }) => name).join(', ')}`,
      got: inWords(cause),
      where: path,
      next: '`agent datasets check` finds every damaged shard; `agent collect` plays its episodes again',
      cause,
    });
  }
}

function asStepRow(row: Record<string, unknown>): StepRow {
  const missing = COLUMNS.find(({ name, isOptional }) => !isOptional && row[name] === undefined);
  if (missing) throw new Error(`there is no column ${missing.name}`);
  const { is_noise, frame_offset, frame_bytes, probabilities, value, seed, ...same } = row;
  return {
    ...(same as Pick<StepRow, 'episode'>),
    seed: Number(seed),
    isNoise: is_noise,
    probabilities: probabilities ?? null,
    value: value ?? null,
    frameOffset: Number(frame_offset),
    frameBytes: frame_bytes,
  } as StepRow;
}
