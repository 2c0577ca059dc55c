/**
 * Training states on disk: weights, optimizer and position, each state a folder that is there whole or not at all.
 * Numbers are kept in float32, so that a resumed run goes on bit for bit.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { AgentError } from '../../core/errors.js';
import { makeFolder } from '../../core/index.js';
import type { JsonObject } from '../../core/json.js';
import { inWords } from '../../core/system-error.js';
import { type NamedTensor, openSafetensors, writeSafetensors } from '../checkpoint/index.js';
import type { Parameters } from '../network/parameters.js';
import type { AdamW } from './adamw.js';

/** What is saved and restored: every trainer of this project has these. */
export interface Resumable {
  readonly network: { readonly parameters: Parameters };
  readonly optimizer: AdamW;
  readonly steps: number;
  resumeAt(steps: number): void;
}

const FORMAT = 1;
const STATE_FILE = 'training.json';
const WEIGHTS_FILE = 'weights.safetensors';
const OPTIMIZER_FILE = 'optimizer.safetensors';
const FOLDER = /^step-(\d{8})$/;

const stateSchema = z.object({
  format: z.literal(FORMAT),
  step: z.int().nonnegative(),
  /** Updates each parameter has seen. */
  updates: z.record(z.string(), z.int().positive()),
  data: z.record(z.string(), z.json()),
});

/**
 * Saves a state below `folder` and removes all but the newest `keep`.
 * @param data what the driver of the run needs to go on: its seed and place in the data. Plain JSON.
 * @returns the state's folder.
 */
export async function saveTraining(folder: string, trainer: Resumable, data: JsonObject, keep = 2): Promise<string> {
  const name = `step-${String(trainer.steps).padStart(8, '0')}`;
  const partial = join(folder, `${name}.partial`);
  await rm(partial, { recursive: true, force: true });
  await makeFolder(partial);
  const { parameters } = trainer.network;
  const weights = parameters.specs.map(({ name }): NamedTensor => {
    const variable = parameters.get(name);
    return { name, shape: variable.shape, data: variable.dataSync<'float32'>() };
  });
  const { moments } = trainer.optimizer;
  const optimizer = [...moments].flatMap(([name, { first, second }]): NamedTensor[] => [
    { name: `first.${name}`, shape: [first.length], data: first },
    { name: `second.${name}`, shape: [second.length], data: second },
  ]);
  await writeSafetensors(join(partial, WEIGHTS_FILE), weights, { dtype: 'float32' });
  await writeSafetensors(join(partial, OPTIMIZER_FILE), optimizer, { dtype: 'float32' });
  const updates = Object.fromEntries([...moments].map(([name, { steps }]) => [name, steps]));
  const state = { format: FORMAT, step: trainer.steps, updates, data };
  await writeFileAtomic(join(partial, STATE_FILE), `${JSON.stringify(state, null, 2)}\n`);
  const target = join(folder, name);
  await rm(target, { recursive: true, force: true });
  await rename(partial, target);
  for (const old of (await statesIn(folder)).slice(0, -keep)) await rm(join(folder, old), { recursive: true });
  return target;
}

/**
 * Brings a trainer to the newest state below `folder`.
 * @returns the `data` that was saved with it; undefined where there is no state, and nothing was changed.
 * Rejects with `checkpoint` for a state of another network or format.
 */
export async function resumeTraining(folder: string, trainer: Resumable): Promise<JsonObject | undefined> {
  const newest = (await statesIn(folder)).at(-1);
  if (newest === undefined) return undefined;
  const path = join(folder, newest);
  const { step, updates, data } = await readState(join(path, STATE_FILE));
  await using weights = await openSafetensors(join(path, WEIGHTS_FILE));
  await using optimizer = await openSafetensors(join(path, OPTIMIZER_FILE));
  await trainer.network.parameters.restore(weights);
  for (const [name, steps] of Object.entries(updates)) {
    const [first, second] = await Promise.all([optimizer.read(`first.${name}`), optimizer.read(`second.${name}`)]);
    trainer.optimizer.restore(name, { first: first.data, second: second.data, steps });
  }
  trainer.resumeAt(step);
  return data as JsonObject;
}

/** Names of the whole states, oldest first. */
async function statesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).filter((name) => FOLDER.test(name)).sort();
}

async function readState(path: string): Promise<z.infer<typeof stateSchema>> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new AgentError('checkpoint', 'A training state is not readable', {
      expected: `format ${FORMAT}`,
      got: inWords(cause),
      where: path,
      cause,
    });
  }
}
