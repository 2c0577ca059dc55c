/** Listing, finding and hashing checkpoint folders. */
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeModel, findModel, hashModel, listModels } from '../../src/model/index.js';
import { CASES, FIXTURES } from './network/golden.js';
import { tinyCheckpoint } from './tiny-checkpoint.js';

let folder: string;
beforeAll(async () => {
  folder = await tinyCheckpoint();
});
afterAll(() => rm(folder, { recursive: true }));

describe('model folders', () => {
  it('are listed where they have a configuration', async () => {
    expect(await listModels(FIXTURES)).toEqual([...CASES, 'saved-again'].sort().map((name) => join(FIXTURES, name)));
    expect(await listModels(join(tmpdir(), 'no-such-folder'))).toEqual([]);
  });

  it('are not listed where they hold a CLIP, which answers nothing', async () => {
    const root = await mkdtemp(join(folder, 'models-'));
    for (const [name, type] of Object.entries({ encoder: 'clip', model: 'llava' })) {
      await mkdir(join(root, name));
      const config = { model_type: type, vision_config: { model_type: 'clip_vision_model' } };
      await writeFile(join(root, name, 'config.json'), JSON.stringify(config, null, 2));
      await writeFile(join(root, name, 'tokenizer.json'), '{}');
    }
    expect(await listModels(root)).toEqual([join(root, 'model')]);
  });

  it('are described from headers alone', async () => {
    expect(await describeModel(join(FIXTURES, 'tied-multilayer'))).toMatchObject({
      name: 'tied-multilayer',
      storedAs: ['F16'],
      pictures: { side: 20, tokens: 10 },
      context: 96,
    });
  });

  it('are found by path', async () => {
    expect(await findModel(folder)).toBe(folder);
    await expect(findModel(await mkdtemp(join(folder, 'empty-')))).rejects.toThrow(/no such model/);
  });

  it('are told from what is none: a name on the hub, an adapter', async () => {
    await expect(findModel('llava-hf/llava-1.5-7b-hf')).rejects.toThrow(
      /next: +if this is a name on the Hugging Face hub.*hf download llava-hf\/llava-1.5-7b-hf --local-dir/,
    );
    await expect(findModel('../no/such/folder')).rejects.toThrow(/next: +agent models/);
    const adapter = await mkdtemp(join(folder, 'adapter-'));
    await writeFile(join(adapter, 'adapter_config.json'), '{"peft_type": "LORA"}');
    await expect(findModel(adapter)).rejects.toThrow(/LoRA adapter[\s\S]*merge_and_unload/);
  });

  it('have a hash of what decides their answers, and of nothing else', async () => {
    const before = await hashModel(folder);
    await writeFile(join(folder, 'README.md'), 'a card');
    expect(await hashModel(folder)).toBe(before);
    const path = join(folder, 'model.safetensors');
    const bytes = await readFile(path);
    await writeFile(path, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
    expect(await hashModel(folder)).not.toBe(before);
    await writeFile(path, bytes);
    expect(await hashModel(folder)).toBe(before);
    await appendFile(join(folder, 'tokenizer.json'), '\n');
    expect(await hashModel(folder)).not.toBe(before);
  });
});
