/** What transformers computed on the tiny checkpoints (see ../fixtures/make_golden.py). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as tf from '@tensorflow/tfjs';
import { openSafetensors } from '../../../src/model/checkpoint/index.js';

export const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
export const CASES = [
  'grouped-llama3',
  'siglip-mistral',
  'siglip-qwen2',
  'tied-multilayer',
  'wide-heads-yarn',
] as const;

export interface Golden {
  readonly folder: string;
  /** Token ids, with an image token for every feature. */
  readonly prompts: number[][];
  /** Pictures of each prompt. */
  readonly images: number[];
  /** Eight tokens that greedy decoding continues each prompt with. */
  readonly greedy: number[][];
  /** Tokens at the end of the first prompt that the loss is over. */
  readonly answer: number;
  /** Losses of six steps of AdamW on the first prompt. */
  readonly losses: number[];
  /** Float tensors by name. */
  readonly tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;
}

export async function readGolden(name: string): Promise<Golden> {
  const folder = join(FIXTURES, name);
  const json = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'));
  await using file = await openSafetensors(join(folder, 'expected.safetensors'));
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const tensor of file.names) tensors.set(tensor, await file.read(tensor));
  return { folder, ...json, tensors };
}

/** The largest absolute difference; NaN anywhere gives NaN. */
export function maxDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) throw new Error(`${got.length} values, expected ${expected.length}`);
  let worst = 0;
  for (let i = 0; i < got.length; i++) worst = Math.max(worst, Math.abs((got[i] as number) - (expected[i] as number)));
  return worst;
}

/** The values of a tensor, which is disposed of. */
export function take(tensor: tf.Tensor): Float32Array {
  const data = tensor.dataSync<'float32'>();
  tensor.dispose();
  return data;
}
