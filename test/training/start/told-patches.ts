/**
 * A start whose encoder knows nothing, and what its decoder is asked behind a picture whose patches say what is right,
 * as a projector that has learnt would.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { layOut } from '../../../src/model/sequence/layout.js';
import { type DrawnScene, openScenes } from '../../../src/training/pictures/index.js';
import type { Beginning } from '../../../src/training/pvp/continue-each.js';
import { type Answerer, loadAnswerer } from '../../../src/training/pvp/index.js';
import { makeStart } from '../../../src/training/start/make.js';
import { PatchContent } from '../../../src/training/start/patch-content.js';
import { type StartSettings, startSchema } from '../../../src/training/start/settings.js';
import { RowBuilder } from '../../../src/training/tasks/row-builder.js';

export const SIDE = 96;

/** Of a random encoder in a moment. @param more `language` and what else is to be another. */
export function quickSettings(more: { readonly language: object; readonly [name: string]: unknown }): StartSettings {
  return startSchema.parse({
    clip: { image_size: SIDE, patch_size: 8, hidden_size: 192, intermediate_size: 192, layers: 2, heads: 6 },
    seed: 3,
    things: { scenes: 8, updates: 2 },
    ...more,
  });
}

export interface ToldStart extends AsyncDisposable {
  readonly answerer: Answerer;
  readonly content: PatchContent;
}

export async function toldStart(settings: StartSettings): Promise<ToldStart> {
  const root = await mkdtemp(join(tmpdir(), 'told-start-'));
  const scenes = openScenes({ side: SIDE, difficulty: [0.2, 0.5] });
  await makeStart(settings, root, async () =>
    Array.from({ length: 12 }, (_, index) => scenes.sample('train', index).image),
  );
  const answerer = await loadAnswerer(root);
  const dispose = async (): Promise<void> => {
    answerer[Symbol.dispose]();
    await rm(root, { recursive: true });
  };
  return { answerer, content: new PatchContent(answerer.network.config), [Symbol.asyncDispose]: dispose };
}

/** The prompt with the picture and the first token of what is asked; `given` is the rest of that. */
export function beginningOf(
  { answerer: { network, tokenizer }, content }: ToldStart,
  drawn: DrawnScene,
  { prompt, asked }: { readonly prompt: string; readonly asked: string },
): { beginning: Beginning; given: number[] } {
  const [first, ...given] = tokenizer.encode(asked) as [number, ...number[]];
  const before = new RowBuilder(tokenizer, network.image).prompt(prompt);
  const cache = tf.tidy(() => {
    const features = tf.tensor2d(content.withThings([drawn]), [144, content.size]);
    return network.run(layOut([{ prompt: before, branches: [] }]), features).cache;
  });
  const dispose = () => {
    for (const { key, value } of cache) tf.dispose([key, value]);
  };
  return { beginning: { last: [first], past: before.length, cache, [Symbol.dispose]: dispose }, given };
}
