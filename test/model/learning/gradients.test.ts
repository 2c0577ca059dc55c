/** The gradient of the loss is PyTorch's for every parameter. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lossAndGradients, lossOf } from '../../../src/model/learning/loss.js';
import type { TrainingBatch } from '../../../src/model/learning/prepared-batch.js';
import type { TrainingRow } from '../../../src/model/learning/targets.js';
import { Network } from '../../../src/model/network/network.js';
import { canonicalName, PARTS, type Part } from '../../../src/model/network/parameter-specs.js';
import { CASES, type Golden, maxDifference, readGolden } from '../network/golden.js';
import { goldenBatch } from './golden-batch.js';

const TOLERANCE = 1e-3;
const PROJECTOR: ReadonlySet<Part> = new Set(['projector']);

describe.each(CASES)('%s', (name) => {
  let golden: Golden;
  let network: Network;
  let batch: TrainingBatch & { readonly pixels: Float32Array };
  beforeAll(async () => {
    golden = await readGolden(name);
    network = await Network.load(golden.folder);
    batch = goldenBatch(golden);
  });
  afterAll(() => {
    network[Symbol.dispose]();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('agrees in the loss and in every gradient', async () => {
    const { loss, tokens, gradients } = await lossAndGradients(network, batch, new Set(PARTS));
    expect(Math.abs(loss - (golden.tensors.get('loss')!.data[0] as number))).toBeLessThan(1e-4);
    expect(tokens).toBe(golden.answer);
    const asTensors = new Map(
      network.parameters.specs.map(({ name: key }) => {
        const { shape, size } = network.parameters.get(key);
        return [key, tf.tensor(gradients.get(key) ?? new Float32Array(size), shape)];
      }),
    );
    const pieces = await network.parameters.pieces((key) => asTensors.get(key) as tf.Tensor);
    tf.dispose([...asTensors.values()]);
    const got = new Map(pieces.map((piece) => [piece.name, piece.data]));
    const expected = [...golden.tensors].filter(([key]) => key.startsWith('gradient.'));
    expect(expected.length).toBeGreaterThan(30);
    for (const [key, { data }] of expected) {
      const own = got.get(canonicalName(key.replace('gradient.', '')));
      expect([key, maxDifference(own!, data) < TOLERANCE]).toEqual([key, true]);
    }
    // What the reference gives no gradient has none here: layers behind the features, and nothing else.
    const named = new Set(expected.map(([key]) => canonicalName(key.replace('gradient.', ''))));
    const silent = pieces.filter(({ data }) => data.every((value) => value === 0)).map((piece) => piece.name);
    expect(silent.filter((key) => named.has(key))).toEqual([]);
    expect(pieces.length - silent.length).toBe(named.size);
  });

  it('gives gradients only to the parts that learn', async () => {
    const { gradients } = await lossAndGradients(network, batch, new Set(['projector']));
    expect([...gradients.keys()].every((key) => key.startsWith('projector.'))).toBe(true);
    const count = network.parameters.specs.filter(({ part }) => part === 'projector').length;
    expect(gradients.size).toBe(count);
  });

  it('weighs every token of several answers behind one prompt alike', async () => {
    const { prompt } = batch.rows[0]!;
    const single = async (answer: number[]) =>
      answer.length * (await lossOf(network, { ...batch, rows: [{ prompt, answers: [answer] }] }));
    const answers = [[7, 8, 9], [7, 20], [30]];
    const together = await lossOf(network, { ...batch, rows: [{ prompt, answers }] });
    const apart = (await Promise.all(answers.map(single))).reduce((sum, loss) => sum + loss, 0) / 6;
    expect(together).toBeCloseTo(apart, 4);
  });

  it('computes many questions of one length behind a prompt as it does few', async () => {
    const { prompt } = batch.rows[0]!;
    const given = Array.from({ length: 12 }, (_, i) => [10 + i, 40]);
    const answers = given.map((_, i) => [50 - i, 8]);
    const of = (from: number, to: number, copies = 1) => {
      const row = { prompt, answers: answers.slice(from, to), given: given.slice(from, to) };
      const pixels = Float32Array.from(
        { length: copies * batch.pixels.length },
        (_, i) => batch.pixels[i % batch.pixels.length]!,
      );
      return lossAndGradients(network, { pixels, rows: new Array(copies).fill(row) }, new Set(PARTS));
    };
    if (network.config.text.windows.some((window) => window !== null)) {
      await expect(of(0, 12)).rejects.toThrow(/longer than the sliding window\n.*at most \d tokens/);
      return;
    }
    const few = [await of(0, 6), await of(6, 12)];
    for (const packed of [await of(0, 12), await of(0, 12, 2)]) {
      expect(packed.loss).toBeCloseTo((few[0]!.loss + few[1]!.loss) / 2, 5);
      for (const [key, gradient] of packed.gradients) {
        const expected = gradient.map(
          (_, i) => (few[0]!.gradients.get(key)![i]! + few[1]!.gradients.get(key)![i]!) / 2,
        );
        expect([key, maxDifference(gradient, expected) < 1e-4]).toEqual([key, true]);
      }
    }
  });

  it('shares a place between tokens by their weights, and leaves out what has none', async () => {
    const { prompt } = batch.rows[0]!;
    const answers = [[7, 8, 9], [20]];
    const of = async (targets: TrainingRow['targets']) =>
      lossAndGradients(network, { ...batch, rows: [{ prompt, answers, ...(targets ? { targets } : {}) }] }, PROJECTOR);
    const only = (j: number, k: number, token: number) =>
      of(answers.map((answer, a) => answer.map((_, i) => (a === j && i === k ? [{ token, weight: 1 }] : []))));
    const [at1, at1Other, at2] = [await only(0, 1, 8), await only(0, 1, 30), await only(0, 2, 9)];
    const mixed = await of([
      [
        [],
        [
          { token: 8, weight: 0.5 },
          { token: 30, weight: 1 },
        ],
        undefined,
      ],
      [[{ token: 20, weight: 0 }]],
    ]);
    expect(mixed.tokens).toBe(2.5);
    expect(mixed.loss).toBeCloseTo((0.5 * at1.loss + at1Other.loss + at2.loss) / 2.5, 5);
    for (const [key, gradient] of mixed.gradients) {
      const expected = gradient.map(
        (_, i) =>
          (0.5 * at1.gradients.get(key)![i]! + at1Other.gradients.get(key)![i]! + at2.gradients.get(key)![i]!) / 2.5,
      );
      expect(maxDifference(gradient, expected)).toBeLessThan(1e-5);
    }
    const hard = await of([[undefined, [{ token: 8, weight: 1 }]]]);
    expect(hard).toEqual(await of(undefined));
  });

  it('refuses weights that are none, and a batch in which nothing counts', async () => {
    const { prompt } = batch.rows[0]!;
    const lossWith = (weight: number) =>
      lossOf(network, { ...batch, rows: [{ prompt, answers: [[7]], targets: [[[{ token: 7, weight }]]] }] });
    await expect(lossWith(-1)).rejects.toThrow(/usable weight.*\n(.*\n)*.*row 0, answer 0, token 0/);
    await expect(lossWith(Number.NaN)).rejects.toThrow(/usable weight/);
    await expect(lossWith(0)).rejects.toThrow(/nothing of the batch counts/);
  });

  it('reads what is given before an answer, and does not predict it', async () => {
    const { prompt } = batch.rows[0]!;
    const given = [[40, 41], [], [42, 43, 44]];
    const answers = [[7, 8], [9], [10, 11, 12]];
    const together = await lossOf(network, { ...batch, rows: [{ prompt, answers, given }] });
    let apart = 0;
    for (const [i, answer] of answers.entries()) {
      const rows = [{ prompt: [...prompt, ...given[i]!], answers: [answer] }];
      apart += (answer.length * (await lossOf(network, { ...batch, rows }))) / 6;
    }
    expect(together).toBeCloseTo(apart, 4);
  });
});
