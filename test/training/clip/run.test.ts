/**
 * A contrastive training run on a tiny network: it learns, resumes bit for bit, and leaves a checkpoint that is read.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImageProcessing } from '../../../src/model/image/index.js';
import { Tokenizer } from '../../../src/model/text/index.js';
import { batchOf, openCaptioned } from '../../../src/training/clip/batches.js';
import {
  ClipNetwork,
  type ClipRecipe,
  encodeText,
  measureRetrieval,
  readClipConfig,
  readClipRecipe,
  trainClip,
} from '../../../src/training/clip/index.js';
import { heldOutScenes, hits } from '../../../src/training/clip/retrieval.js';
import { ClipTrainer } from '../../../src/training/clip/trainer.js';
import { readScalars } from '../support/events.js';

const RECIPE: ClipRecipe = {
  seed: 3,
  vision: {
    hidden_size: 48,
    intermediate_size: 64,
    layers: 1,
    heads: 2,
    image_size: 32,
    patch_size: 8,
    position_code: false,
  },
  text: { hidden_size: 32, intermediate_size: 48, layers: 1, heads: 2, context: 24, vocabulary: 400 },
  initial: 'small',
  activation: 'quick_gelu',
  projection: 24,
  images: { scenes: 1, contrasts: 0, cutouts: 0, games: 0 },
  difficulty: [0, 0],
  easy: { difficulty: [0, 1], colours: 12, until: 0 },
  group: 1,
  regions: 0,
  batch: 12,
  steps: 8,
  visible: 0.75,
  whole_from: 0.5,
  text_from: 0,
  optimizer: { peak: 0.004, warmup: 5, floor: 0.1, beta1: 0.9, beta2: 0.98, weight_decay: 0.1, max_norm: 1 },
  validation: { every: 4, pictures: 32, scenes: 0 },
  checkpoint_minutes: 10,
};

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clip-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a run', () => {
  it('measures on its way, keeps no tensors from step to step, and its checkpoint measures the same', async () => {
    const losses: number[] = [];
    const tensors = new Set<number>();
    const result = await trainClip({
      recipe: RECIPE,
      folder: at('run'),
      watcher: {
        onStep: ({ loss }) => {
          losses.push(loss);
          tensors.add(tf.memory().numTensors);
        },
      },
    });
    expect(losses).toHaveLength(8);
    // The first guess is as good as any of twelve.
    expect(losses[0]).toBeGreaterThan(Math.log(12) - 0.3);
    expect(tensors.size).toBe(1);
    expect(result).toMatchObject({ steps: 8, status: 'finished', model: at('run/model') });
    const text = await readFile(at('run/retrieval.jsonl'), 'utf8');
    const lines = text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).step)).toEqual([4, 8]);
    const events = (await readScalars(at('run/events'))).filter(({ tag }) => tag.startsWith('held_out/'));
    expect(events).toHaveLength(2 * 4);
    for (const { tag, step, value } of events) {
      const [, direction, rank] = tag.split('/') as [string, string, string];
      expect(value).toBe(Math.fround(JSON.parse(lines[step / 4 - 1] as string)[direction][rank]));
    }

    using again = await ClipNetwork.load(result.model);
    const input = {
      tokenizer: await Tokenizer.load(result.model),
      processing: await readImageProcessing(result.model),
      context: again.config.text.positions,
    };
    const measured = measureRetrieval(again, heldOutScenes({ side: 32, split: 'test', count: 32 }), input);
    // Stored in half the digits: a near tie may fall the other way.
    expect(Math.abs(measured.imageToText.first - result.retrieval.imageToText.first)).toBeLessThanOrEqual(1 / 32);
  }, 90_000);

  it('learns to tell the pictures of a batch from each other', async () => {
    const source = await openCaptioned(RECIPE);
    const input = {
      tokenizer: await Tokenizer.load(at('run/start')),
      processing: await readImageProcessing(at('run/start')),
      context: 24,
    };
    const batch = batchOf(RECIPE, 7, source, input);
    using network = await ClipNetwork.create(await readClipConfig(at('run/start')), 5);
    const trainer = new ClipTrainer(network, { peak: 0.003, warmup: 5, total: 80, floor: 0.1 });
    let last = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 80; step++) last = (await trainer.step(batch)).loss;
    expect(last).toBeLessThan(0.3);
  }, 90_000);

  it('goes on bit for bit after a stop, and refuses another recipe', async () => {
    const short = { ...RECIPE, steps: 6, visible: 0.5 };
    await trainClip({ recipe: short, folder: at('straight') });
    const stop = new AbortController();
    const stopped = await trainClip({
      recipe: short,
      folder: at('stopped'),
      signal: stop.signal,
      watcher: { onStep: ({ step }) => step === 3 && stop.abort() },
    });
    expect(stopped).toMatchObject({ steps: 3, status: 'stopped' });
    await trainClip({ recipe: short, folder: at('stopped') });
    const weights = (name: string) => readFile(at(`${name}/step-00000006/weights.safetensors`));
    expect((await weights('stopped')).equals(await weights('straight'))).toBe(true);
    const curve = async (name: string) => (await readFile(at(`${name}/curve.jsonl`), 'utf8')).trim().split('\n');
    expect(await curve('stopped')).toEqual(await curve('straight'));
    await expect(trainClip({ recipe: { ...short, batch: 8 }, folder: at('stopped') })).rejects.toThrow(
      /another recipe/,
    );
  }, 90_000);
});

describe('a run from a checkpoint', () => {
  const onward = { ...RECIPE, steps: 2, regions: 1, images: { ...RECIPE.images, contrasts: 1 }, group: 2 };

  it('begins with its weights and words, and refuses one of other towers', async () => {
    const checkpoint = at('run/model');
    const measured: unknown[] = [];
    const result = await trainClip({
      recipe: { ...onward, checkpoint, validation: { every: 2, pictures: 16, scenes: 30 } },
      folder: at('onward'),
      watcher: {
        onMeasured: (step, retrieval, readout) => measured.push([step, retrieval.pictures, readout?.rows.length]),
      },
    });
    expect(result.steps).toBe(2);
    expect(measured).toEqual([[2, 16, 5]]);
    const tags = (await readScalars(at('onward/events'))).map(({ tag }) => tag);
    expect(tags.filter((tag) => tag.startsWith('held_out/readout/'))).toHaveLength(5);
    const words = (folder: string) => readFile(join(folder, 'tokenizer.json'), 'utf8');
    expect(await words(result.model)).toBe(await words(checkpoint));
    using before = await ClipNetwork.load(checkpoint);
    using after = await ClipNetwork.load(result.model);
    const weights = (network: ClipNetwork) => network.parameters.get('vision.patches').dataSync<'float32'>();
    const moved = weights(after).map((value, i) => Math.abs(value - weights(before)[i]!));
    expect(Math.max(...moved)).toBeGreaterThan(0);
    // Two steps of at most 0.004 each, and the half digits of the checkpoint.
    expect(Math.max(...moved)).toBeLessThan(0.01);
    const vision = { ...RECIPE.vision, layers: 2 };
    await expect(trainClip({ recipe: { ...onward, checkpoint, vision }, folder: at('other') })).rejects.toThrow(
      /other towers/,
    );
  }, 90_000);
});

describe('batches', () => {
  it('follow from the step alone, and look at the patches the recipe says', async () => {
    const source = await openCaptioned(RECIPE);
    const tokenizer = await Tokenizer.load(at('run/start'));
    const processing = await readImageProcessing(at('run/start'));
    const input = { tokenizer, processing, context: 24 };
    const [one, again, next] = [4, 4, 5].map((step) => batchOf({ ...RECIPE, steps: 60 }, step, source, input));
    expect(again).toEqual(one);
    expect(next).not.toEqual(one);
    const kept = one!.kept as Int32Array;
    expect(kept).toHaveLength(12 * 13);
    for (let image = 0; image < 12; image++) {
      const rows = [...kept.subarray(image * 13, (image + 1) * 13)];
      expect(rows[0]).toBe(image * 17);
      expect(new Set(rows).size).toBe(13);
      for (const row of rows) expect(Math.floor(row / 17)).toBe(image);
    }
    expect(batchOf({ ...RECIPE, steps: 60 }, 30, source, input).kept).toBeNull();
  });

  it('write texts between the first and the end token, never longer than they may be', async () => {
    const tokenizer = await Tokenizer.load(at('run/start'));
    const input = { tokenizer, processing: await readImageProcessing(at('run/start')), context: 8 };
    const [first, end] = [tokenizer.idOf('<|startoftext|>'), tokenizer.idOf('<|endoftext|>')];
    const short = encodeText('A red circle', input);
    expect([short[0], short.at(-1)]).toEqual([first, end]);
    expect(encodeText('a Red CIRCLE', input)).toEqual(short);
    expect(short).toHaveLength(5);
    expect(tokenizer.decode(short).trim()).toBe('a red circle');
    const long = encodeText('a red circle, a blue square, a green star and a white moon', input);
    expect(long).toHaveLength(8);
    expect(long.at(-1)).toBe(end);
    // Words it has never seen are spelt.
    expect(tokenizer.decode(encodeText('zebra ñ', { ...input, context: 24 })).trim()).toBe('zebra ñ');
  });
});

describe('retrieval', () => {
  it('counts ranks, and a counterpart of the same words as right', () => {
    const similarities = [
      [0.9, 0.1, 0.2],
      [0.8, 0.5, 0.1],
      [0.1, 0.9, 0.3],
    ];
    expect(hits(similarities, ['a', 'b', 'c'])).toEqual({ first: 1 / 3, amongFive: 1 });
    expect(hits(similarities, ['a', 'b', 'b']).first).toBe(2 / 3);
    expect(hits(similarities, ['a', 'a', 'b']).first).toBe(2 / 3);
  });
});

describe('the shipped recipe', () => {
  it('is read', async () => {
    expect(await readClipRecipe('configs/training/clip-mini.yaml')).toMatchObject({
      vision: { patch_size: 8, hidden_size: 192 },
    });
  });
});
