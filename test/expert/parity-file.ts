/** Reads what `python -m agent_training.experts parity` recorded: observations with Stable-Baselines3's outputs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Frame } from '../../src/core/index.js';

export interface ParityFile {
  readonly checkpointHash: string;
  /** Distinct observations as the emulator bridge delivers them. */
  readonly frames: readonly Frame[];
  /** The same, preprocessed by the training code, as bytes. */
  readonly preprocessed: readonly Uint8Array[];
  /** Rows of `frames` that each decision saw, oldest first. */
  readonly stacks: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly actions: readonly number[];
  readonly values: readonly number[];
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export const fixturePath = (game: string): string =>
  fileURLToPath(new URL(`fixtures/${game}-parity.safetensors.gz`, import.meta.url));

/**
 * The committed file of a game, or the one that AGENT_EXPERT_PARITY names (a folder with GAME-parity.safetensors.gz).
 */
export async function readParity(game: string): Promise<ParityFile> {
  const folder = process.env.AGENT_EXPERT_PARITY;
  const path = folder ? join(folder, `${game}-parity.safetensors.gz`) : fixturePath(game);
  const bytes = new Uint8Array(gunzipSync(await readFile(path)));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const tensor = (name: string): { bytes: Uint8Array; shape: readonly number[] } => {
    const { shape, data_offsets } = header[name] as Entry;
    return { bytes: bytes.subarray(8 + length + data_offsets[0], 8 + length + data_offsets[1]), shape };
  };
  const frames = tensor('frames');
  const numbers = (name: string, type: typeof Int32Array | typeof Float32Array) => {
    const { bytes: raw, shape } = tensor(name);
    return { values: Array.from(new type(raw.slice().buffer)), width: shape[1] ?? 1 };
  };
  return {
    checkpointHash: header.__metadata__.checkpoint_sha256,
    frames: rows(frames.bytes, frames.shape).map((data) => ({ dtype: 'uint8', shape: frames.shape.slice(1), data })),
    preprocessed: rows(tensor('preprocessed').bytes, tensor('preprocessed').shape),
    stacks: grouped(numbers('stacks', Int32Array)),
    outputs: grouped(numbers('outputs', Float32Array)),
    actions: numbers('actions', Int32Array).values,
    values: numbers('values', Float32Array).values,
  };
}

/** A copy of an expert's folder that a test may break. */
export async function copyExpert(directory: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'expert-'));
  for (const name of ['config.json', 'model.safetensors']) {
    await writeFile(join(path, name), await readFile(join(directory, name)));
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

function rows(bytes: Uint8Array, shape: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, i) => bytes.slice(i * size, (i + 1) * size));
}

function grouped({ values, width }: { values: number[]; width: number }): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}
