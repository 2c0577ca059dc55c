/** What goes back and forth between this and transformers (scripts/check-transformers.py opens the models for real). */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Frame } from '../../src/core/nd-array.js';
import { hashModel, listModels, readImageProcessing } from '../../src/model/index.js';
import { saveModel } from '../../src/model/learning/index.js';
import { Network } from '../../src/model/network/network.js';
import { layOut } from '../../src/model/sequence/layout.js';
import type { Message } from '../../src/model/text/index.js';
import { VisionLanguageModel } from '../../src/model/vision-language-model.js';
import { FIXTURES, maxDifference, readGolden, take } from './network/golden.js';

const frame: Frame = { dtype: 'uint8', shape: [96, 96, 3], data: new Uint8Array(96 * 96 * 3) };
const picturesIn = (messages: readonly Message[]): Frame[] =>
  messages.flatMap(({ content }) => content.filter(({ type }) => type === 'image').map(() => frame));
const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

const SHIPPED = await listModels();

describe.each(SHIPPED.map((folder) => [basename(folder), folder] as const))('%s', (name, folder) => {
  it("makes the tokens that transformers' processor makes, with one first token", async () => {
    const golden: Record<string, { messages: Message[]; ids: number[] }[]> = await readJson(
      ...[FIXTURES, 'inputs', 'shipped.json'],
    );
    using model = await VisionLanguageModel.load(folder);
    for (const { messages, ids } of golden[name]!) {
      expect(model.chat(messages, picturesIn(messages)).tokens).toEqual(ids);
      expect(ids.filter((id) => id === model.tokenizer.idOf('<s>'))).toHaveLength(1);
    }
  });

  it('says to a processor how many tokens a picture takes, and to fill a batch up from the left', async () => {
    const { vision_config: vision } = await readJson(folder, 'config.json');
    expect(await readJson(folder, 'processor_config.json')).toEqual({
      processor_class: 'LlavaProcessor',
      patch_size: vision.patch_size,
      vision_feature_select_strategy: 'default',
      num_additional_image_tokens: 1,
    });
    expect(await readJson(folder, 'tokenizer_config.json')).toMatchObject({ padding_side: 'left' });
  });

  it('has the hash that docs/model.md tells', async () => {
    const docs = await readFile(join(FIXTURES, '..', '..', '..', 'docs', 'model.md'), 'utf8');
    expect(docs).toContain(`| \`${name}\` | \`${await hashModel(folder)}\` |`);
  });
});

describe('clip-objects', () => {
  it('says to a tokenizer how many tokens of a text it reads', async () => {
    const folder = join(FIXTURES, '..', '..', '..', 'models', 'clip-objects');
    const { text_config: text } = await readJson(folder, 'config.json');
    const { model_max_length: longest } = await readJson(folder, 'tokenizer_config.json');
    expect(longest).toBe(text.max_position_embeddings);
  });
});

describe('a model that was saved here, and opened and saved again by transformers 5', () => {
  const again = join(FIXTURES, 'saved-again');
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saved-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('computes the same', async () => {
    const golden = await readGolden('tied-multilayer');
    using network = await Network.load(again);
    const { data, shape } = golden.tensors.get('pixels')!;
    const rows = golden.prompts.map((prompt) => ({ prompt, branches: [] }));
    const layout = layOut(rows);
    for (const [i, prompt] of golden.prompts.entries()) {
      const logits = tf.tidy(() => {
        const features = network.features(tf.tensor4d(data, shape as [number, number, number, number]));
        const { hidden } = network.run(layout, features);
        return network.logits(
          hidden,
          prompt.map((_, index) => i * layout.width + index),
        );
      });
      expect(maxDifference(take(logits), golden.tensors.get(`logits.${i}`)!.data)).toBeLessThan(1e-4);
    }
  });

  it('prepares pictures and chats as before, and is saved here with all its files', async () => {
    using model = await VisionLanguageModel.load(again);
    expect(await readImageProcessing(again)).toEqual(await readImageProcessing(join(FIXTURES, 'tied-multilayer')));
    const content: Message['content'] = [{ type: 'image' }, { type: 'text', text: 'Go?' }];
    const { tokens } = model.chat([{ role: 'user', content }], [frame]);
    expect([tokens[0], tokens.filter((id) => id === 1).length]).toEqual([1, 1]);
    await saveModel(model.network, folder, { dtype: 'float16', companions: again });
    using once = await VisionLanguageModel.load(folder);
    expect(once.chat([{ role: 'user', content }], [frame]).tokens).toEqual(tokens);
    expect(await readJson(folder, 'processor_config.json')).toEqual(await readJson(again, 'processor_config.json'));
  });

  it.each([
    ['siglip-mistral', 'default', 0],
    ['siglip-qwen2', 'full', 0],
    ['wide-heads-yarn', 'default', 1],
  ])('%s is saved with a processor_config.json', async (name, strategy, additional) => {
    using network = await Network.load(join(FIXTURES, name));
    await saveModel(network, join(folder, name), { dtype: 'float32', companions: join(FIXTURES, name) });
    expect(await readJson(folder, name, 'processor_config.json')).toMatchObject({
      vision_feature_select_strategy: strategy,
      num_additional_image_tokens: additional,
      patch_size: network.image.vision.patchSize,
    });
    using reread = await Network.load(join(folder, name));
    expect(reread.parameters.count).toBe(network.parameters.count);
  });
});
