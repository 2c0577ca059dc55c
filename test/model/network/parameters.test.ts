/** Loading and writing parameters: nothing is lost, nothing is silently random. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NamedTensor, openCheckpoint, writeSafetensors } from '../../../src/model/checkpoint/index.js';
import { Network } from '../../../src/model/network/network.js';
import { canonicalName } from '../../../src/model/network/parameter-specs.js';
import { CASES, FIXTURES } from './golden.js';

let folder: string;
let tensors: NamedTensor[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parameters-'));
  await cp(join(FIXTURES, 'tied-multilayer', 'config.json'), join(folder, 'config.json'));
  using network = await Network.load(join(FIXTURES, 'tied-multilayer'));
  tensors = await network.parameters.pieces();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  expect(tf.memory().numTensors).toBe(0);
});

const write = (list: NamedTensor[]) => writeSafetensors(join(folder, 'model.safetensors'), list, { dtype: 'float32' });

describe.each(CASES)('%s', (name) => {
  it('gives back every tensor of the file, bit for bit', async () => {
    using network = await Network.load(join(FIXTURES, name));
    await using file = await openCheckpoint(join(FIXTURES, name));
    const actual = new Map(file.names.map((original) => [canonicalName(original), original]));
    const pieces = await network.parameters.pieces();
    expect(pieces.map((piece) => piece.name).sort()).toEqual([...actual.keys()].sort());
    for (const piece of pieces) {
      const { shape, data } = await file.read(actual.get(piece.name) as string);
      expect(piece.shape).toEqual(shape);
      expect(
        Buffer.compare(
          Buffer.from(piece.data.buffer, piece.data.byteOffset, piece.data.byteLength),
          Buffer.from(data.buffer),
        ),
      ).toBe(0);
    }
    expect(network.parameters.count).toBe(pieces.reduce((sum, { data }) => sum + data.length, 0));
  });
});

describe('refusals', () => {
  it('names a missing, an extra and a misshapen tensor', async () => {
    const [first, second, ...rest] = tensors as [NamedTensor, NamedTensor, ...NamedTensor[]];
    const flat = { ...second, shape: [second.data.length] };
    const extra = { name: 'language_model.model.layers.2.mlp.up_proj.weight', shape: [1], data: Float32Array.of(1) };
    await write([flat, ...rest, extra]);
    const message = new RegExp(
      `1 missing: ${first.name}; 1 not expected: ${extra.name}; 1 of another shape: ${second.name}`,
    );
    await expect(Network.load(folder)).rejects.toThrow(message);
  });

  it('takes the head of a tied model only if it is the embedding matrix', async () => {
    const embedding = tensors.find(({ name }) => name.includes('embed_tokens')) as NamedTensor;
    const head = { ...embedding, name: 'lm_head.weight' };
    await write([...tensors, head]);
    (await Network.load(folder))[Symbol.dispose]();
    await write([...tensors, { ...head, data: head.data.map((value) => value + 1) }]);
    await expect(Network.load(folder)).rejects.toThrow(/ties output and input embeddings/);
  });

  it('says what a model without an output layer may be', async () => {
    const path = join(folder, 'config.json');
    const config = await readFile(path, 'utf8');
    await writeFile(path, config.replaceAll('"tie_word_embeddings": true', '"tie_word_embeddings": false'));
    await write(tensors);
    await expect(Network.load(folder)).rejects.toThrow(/no output layer[\s\S]*set tie_word_embeddings to true/);
    await writeFile(path, config);
  });

  it('names two tensors that are the same parameter', async () => {
    const [first] = tensors as [NamedTensor];
    await write([...tensors, { ...first, name: `model.${first.name}` }]);
    await expect(Network.load(folder)).rejects.toThrow(/the same parameter/);
  });

  it('names a file that is cut off', async () => {
    const whole = await readFile(join(FIXTURES, 'tied-multilayer', 'model.safetensors'));
    await writeFile(join(folder, 'model.safetensors'), whole.subarray(0, whole.length - 10));
    await expect(Network.load(folder)).rejects.toThrow(/cut off/);
  });
});
