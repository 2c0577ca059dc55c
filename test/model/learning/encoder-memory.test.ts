/** What a frozen encoder says is computed once for each picture, and learning from it is learning from the pixels. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EncoderMemory, type NamedPictures, Trainer, type TrainingBatch } from '../../../src/model/learning/index.js';
import { lossAndGradients, lossOf } from '../../../src/model/learning/loss.js';
import { Network } from '../../../src/model/network/network.js';
import type { Part } from '../../../src/model/network/parameter-specs.js';
import { CASES, FIXTURES, readGolden } from '../network/golden.js';
import { goldenBatch } from './golden-batch.js';

const FROZEN: ReadonlySet<Part> = new Set(['projector', 'language']);

/** The batch's pictures by name, each asked for as often as `asked` tells. */
function withNames(batch: TrainingBatch & { readonly pixels: Float32Array }, pictures: number) {
  const size = batch.pixels.length / pictures;
  const asked = new Array<number>(pictures).fill(0);
  const pixelsOf = (index: number): Float32Array => {
    (asked[index] as number)++;
    return batch.pixels.slice(index * size, (index + 1) * size);
  };
  const pixels: NamedPictures = { names: asked.map((_, i) => `picture ${i}`), pixelsOf };
  return { asked, named: { ...batch, pixels } };
}

describe.each(CASES)('%s', (name) => {
  it('has the loss and the gradients that pixels have, but for the rounding to float16', async () => {
    const golden = await readGolden(name);
    using network = await Network.load(golden.folder);
    const batch = goldenBatch(golden);
    const { named } = withNames(batch, golden.images[0] as number);
    const ofPixels = await lossAndGradients(network, batch, FROZEN);
    const remembered = await lossAndGradients(network, named, FROZEN);
    expect(remembered.loss).toBeCloseTo(ofPixels.loss, 3);
    expect([...remembered.gradients.keys()]).toEqual([...ofPixels.gradients.keys()]);
    for (const [key, gradient] of ofPixels.gradients) {
      const own = remembered.gradients.get(key) as Float32Array;
      const [scale, difference] = [largest(gradient), largest(gradient.map((value, i) => value - (own[i] as number)))];
      expect([key, difference < 0.01 * scale + 1e-5]).toEqual([key, true]);
    }
    expect(await lossOf(network, named)).toBeCloseTo(ofPixels.loss, 5);
  });
});

describe('the memory', () => {
  let network: Network;
  let batch: ReturnType<typeof goldenBatch>;
  let pictures: number;
  beforeAll(async () => {
    const golden = await readGolden('grouped-llama3');
    network = await Network.load(join(FIXTURES, 'grouped-llama3'));
    batch = goldenBatch(golden);
    pictures = golden.images[0] as number;
  });
  afterAll(() => {
    network[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('asks for a picture once, and for what it has no room for every time, with the same numbers', async () => {
    const { asked, named } = withNames(batch, pictures);
    const memory = new EncoderMemory(network);
    const first = await memory.encodedOf(named.pixels);
    expect(await memory.encodedOf(named.pixels)).toEqual(first);
    expect(asked).toEqual(new Array(pictures).fill(1));
    expect(memory.size).toBe(pictures);
    const full = new EncoderMemory(network, 0);
    expect(await full.encodedOf(named.pixels)).toEqual(first);
    expect(await full.encodedOf(named.pixels)).toEqual(first);
    expect(full.size).toBe(0);
    expect(asked).toEqual(new Array(pictures).fill(3));
  });

  it('does not depend on what else is asked for', async () => {
    const { named } = withNames(batch, pictures);
    const { names, pixelsOf } = named.pixels;
    const twice = { names: [...names, ...names], pixelsOf: (index: number) => pixelsOf(index % pictures) };
    const once = await new EncoderMemory(network).encodedOf(named.pixels);
    const both = await new EncoderMemory(network).encodedOf(twice);
    expect(both.subarray(0, once.length)).toEqual(once);
    expect(both.subarray(once.length)).toEqual(once);
  });

  it('is gone once the encoder has learnt', async () => {
    const { asked, named } = withNames(batch, pictures);
    const schedule = { peak: 0.003, warmup: 0, total: 1, floor: 1 };
    const trainer = new Trainer(network, { schedule, learning: [...FROZEN] });
    await trainer.step([named]);
    await trainer.step([named]);
    expect(asked).toEqual(new Array(pictures).fill(1));
    trainer.learn(['vision']);
    await trainer.step([named]);
    expect(asked).toEqual(new Array(pictures).fill(2));
    trainer.learn([...FROZEN]);
    const before = await lossOf(network, named);
    expect((await trainer.step([named])).loss).toBeCloseTo(before, 3);
    expect(asked).toEqual(new Array(pictures).fill(4));
  });
});

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
