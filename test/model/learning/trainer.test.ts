/** Training goes as PyTorch's does, freezes what it is told to, and resumes bit for bit. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  learningRateAt,
  lossOf,
  resumeTraining,
  type StepReport,
  saveModel,
  saveTraining,
  Trainer,
  type TrainingBatch,
} from '../../../src/model/learning/index.js';
import { Network } from '../../../src/model/network/network.js';
import { PARTS, type Part } from '../../../src/model/network/parameter-specs.js';
import { CASES, FIXTURES, type Golden, readGolden } from '../network/golden.js';
import { goldenBatch } from './golden-batch.js';

const constant = { peak: 0.003, warmup: 0, total: 1, floor: 1 };
const checkpoint = join(FIXTURES, 'grouped-llama3');
let folder: string;
let golden: Golden;
let batch: TrainingBatch & { readonly pixels: Float32Array };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'training-'));
  golden = await readGolden('grouped-llama3');
  batch = goldenBatch(golden);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  expect(tf.memory().numTensors).toBe(0);
});

const weightsOf = async (network: Network) =>
  new Map((await network.parameters.pieces()).map(({ name, data }) => [name, Buffer.from(data.slice().buffer)]));
const run = async (trainer: Trainer, steps: number) => {
  const reports: StepReport[] = [];
  for (let i = 0; i < steps; i++) reports.push(await trainer.step([batch]));
  return reports;
};

describe.each(CASES)('%s', (name) => {
  it('has the losses of PyTorch over six steps', async () => {
    const own = await readGolden(name);
    using network = await Network.load(own.folder);
    const trainer = new Trainer(network, { schedule: constant, learning: PARTS });
    for (const [i, loss] of own.losses.entries()) {
      const report = await trainer.step([goldenBatch(own)]);
      expect(Math.abs(report.loss - loss)).toBeLessThan(2e-3);
      expect(report.step).toBe(i + 1);
    }
  });
});

describe('freezing', () => {
  it.each([[['language']], [['projector', 'language']], [['vision']]] as Part[][][])(
    'changes %j alone',
    async (learning) => {
      using network = await Network.load(checkpoint);
      const before = await weightsOf(network);
      await run(new Trainer(network, { schedule: constant, learning }), 2);
      const changed = new Set<string>();
      for (const [tensor, bytes] of await weightsOf(network)) {
        if (!bytes.equals(before.get(tensor) as Buffer)) changed.add(tensor.split(/[._]/)[0] as string);
      }
      const names: Partial<Record<Part, string>> = { vision: 'vision', projector: 'multi', language: 'language' };
      expect([...changed].sort()).toEqual(learning.map((part) => names[part]).sort());
    },
  );
});

describe('values that are kept', () => {
  it('stay bit for bit beside others of the same parameter, and count nothing in the norm', async () => {
    using network = await Network.load(checkpoint);
    const name = 'language.0.mlp.out.kernel';
    const of = () => network.parameters.get(name).dataSync<'float32'>().slice();
    const before = of();
    const mask = Uint8Array.from(before, (_, i) => (i % 3 === 0 ? 1 : 0));
    const trainer = new Trainer(network, { schedule: constant, learning: ['language'] });
    const [{ gradientNorm: whole }] = (await run(trainer, 1)) as [StepReport];
    const moved = of();
    expect(moved.some((value, i) => mask[i] === 1 && value !== before[i])).toBe(true);
    trainer.learn(['language'], {}, new Map([[name, mask]]));
    await run(trainer, 2);
    const after = of();
    expect(after.every((value, i) => mask[i] === 0 || value === moved[i])).toBe(true);
    expect(after.some((value, i) => mask[i] === 0 && value !== moved[i])).toBe(true);
    using again = await Network.load(checkpoint);
    const all = new Map(again.parameters.specs.map((spec) => [spec.name, ones(again.parameters.get(spec.name).size)]));
    const still = new Trainer(again, { schedule: constant, learning: ['language'] });
    still.learn(['language'], {}, all);
    expect(whole).toBeGreaterThan(0);
    expect((await run(still, 1))[0]?.gradientNorm).toBe(0);
  });
});

const ones = (size: number): Uint8Array => new Uint8Array(size).fill(1);

describe('rates of parts', () => {
  it('hold until others are told, and a rate of nothing changes nothing', async () => {
    using network = await Network.load(checkpoint);
    const rates = { vision: 0, projector: 0 };
    const trainer = new Trainer(network, { schedule: constant, learning: PARTS, rates });
    const changed = async (): Promise<string[]> => {
      const before = await weightsOf(network);
      await run(trainer, 1);
      const after = [...(await weightsOf(network))].filter(
        ([name, bytes]) => !bytes.equals(before.get(name) as Buffer),
      );
      return [...new Set(after.map(([name]) => name.split(/[._]/)[0] as string))].sort();
    };
    expect(await changed()).toEqual(['language']);
    trainer.learn(PARTS, { language: 0 });
    expect(await changed()).toEqual(['multi', 'vision']);
    trainer.learn(PARTS);
    expect(await changed()).toEqual(['language']);
  });
});

describe('accumulation', () => {
  it('is one step over everything together', async () => {
    const [row] = batch.rows as [TrainingBatch['rows'][number]];
    const rows = [[[9, 10, 11]], [[12]]].map((answers) => ({ ...row, answers }));
    const pixels = Float32Array.of(...batch.pixels, ...batch.pixels);
    using whole = await Network.load(checkpoint);
    using parts = await Network.load(checkpoint);
    const settings = { schedule: constant, learning: PARTS };
    const once = await new Trainer(whole, settings).step([{ rows, pixels }]);
    const twice = await new Trainer(parts, settings).step(rows.map((one) => ({ ...batch, rows: [one] })));
    expect(twice.loss).toBeCloseTo(once.loss, 4);
    expect(twice.tokens).toBe(4);
    expect(twice.gradientNorm).toBeCloseTo(once.gradientNorm, 3);
  });
});

describe('resuming', () => {
  const settings = { schedule: { peak: 0.01, warmup: 2, total: 6, floor: 0.1 }, learning: PARTS } as const;

  it('goes on bit for bit, and keeps the newest states', async () => {
    using straight = await Network.load(checkpoint);
    const all = await run(new Trainer(straight, settings), 6);
    const states = join(folder, 'states');
    {
      using network = await Network.load(checkpoint);
      const trainer = new Trainer(network, settings);
      for (let i = 0; i < 3; i++) {
        await run(trainer, 1);
        await saveTraining(states, trainer, { seed: 5, place: i });
      }
    }
    expect(await readdir(states)).toEqual(['step-00000002', 'step-00000003']);
    using resumed = await Network.load(checkpoint);
    const trainer = new Trainer(resumed, settings);
    expect(await resumeTraining(states, trainer)).toEqual({ seed: 5, place: 2 });
    expect(await run(trainer, 3)).toEqual(all.slice(3));
    const [expected, got] = [await weightsOf(straight), await weightsOf(resumed)];
    for (const [name, bytes] of expected) expect([name, got.get(name)?.equals(bytes)]).toEqual([name, true]);
  });

  it('starts anew where nothing was saved, and refuses the state of another network', async () => {
    using network = await Network.load(join(FIXTURES, 'tied-multilayer'));
    const trainer = new Trainer(network, settings);
    expect(await resumeTraining(join(folder, 'nothing'), trainer)).toBeUndefined();
    await expect(resumeTraining(join(folder, 'states'), trainer)).rejects.toThrow(/not expected|another shape/);
  });
});

describe('failures', () => {
  it('leave the network as it was when gradients are not finite', async () => {
    using network = await Network.load(checkpoint);
    const before = await weightsOf(network);
    const broken = { ...batch, pixels: batch.pixels.map(() => Number.NaN) };
    const trainer = new Trainer(network, { schedule: constant, learning: PARTS });
    await expect(trainer.step([broken])).rejects.toThrow(/not finite/);
    for (const [name, bytes] of await weightsOf(network)) expect(bytes.equals(before.get(name) as Buffer)).toBe(true);
  });
});

describe('saving', () => {
  it('writes a checkpoint that computes the same, as near as its type allows', async () => {
    using network = await Network.load(checkpoint);
    await run(new Trainer(network, { schedule: constant, learning: PARTS }), 2);
    const loss = await lossOf(network, batch);
    for (const [dtype, digits] of [
      ['float32', 6],
      ['float16', 2],
    ] as const) {
      const target = join(folder, dtype);
      await saveModel(network, target, { dtype, companions: checkpoint });
      using again = await Network.load(target);
      expect(await lossOf(again, batch)).toBeCloseTo(loss, digits);
      expect(existsSync(join(target, 'tokenizer.json'))).toBe(true);
      // transformers 5 checks the types of fields and takes no whole number for a float.
      expect(await readFile(join(target, 'config.json'), 'utf8')).toMatch(/"initializer_factor": 1\.0,\n/);
    }
  });
});

describe('learning rate', () => {
  it('rises in a line and falls in half a cosine', () => {
    const schedule = { peak: 1, warmup: 4, total: 14, floor: 0.2 };
    const rates = [0, 3, 4, 9, 14, 99].map((step) => learningRateAt(step, schedule));
    expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([0.25, 1, 1, 0.6, 0.2, 0.2]);
  });
});
