/** Conversations become the tokens that transformers' processor makes, by templates as they are published. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/nd-array.js';
import type { Message } from '../../../src/model/text/index.js';
import { VisionLanguageModel } from '../../../src/model/vision-language-model.js';
import { FIXTURES } from '../network/golden.js';

interface Case {
  readonly name: string;
  /** Whether the tokenizer puts its first token before a text. */
  readonly first: boolean;
  readonly files: Readonly<Record<string, unknown>>;
  readonly chats: readonly { readonly messages: Message[]; readonly text: string; readonly ids: number[] }[];
}

const cases: Case[] = JSON.parse(await readFile(join(FIXTURES, 'inputs', 'chats.json'), 'utf8'));
const frame: Frame = { dtype: 'uint8', shape: [24, 24, 3], data: new Uint8Array(24 * 24 * 3) };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chats-'));
  await cp(join(FIXTURES, 'grouped-llama3'), folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

/** Lets the tokenizer begin a text with `<s>`, as the published ones do. */
async function addFirst(): Promise<void> {
  const tokenizer = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'));
  tokenizer.post_processor = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  };
  await write('tokenizer.json', tokenizer);
}

const picturesIn = (messages: readonly Message[]): Frame[] =>
  messages.flatMap(({ content }) => content.filter(({ type }) => type === 'image').map(() => frame));

describe('a conversation', () => {
  it.each(cases)('has the tokens that transformers gives it: $name', async ({ first, files, chats }) => {
    if (first) await addFirst();
    for (const [name, content] of Object.entries(files)) await write(name, content);
    using model = await VisionLanguageModel.load(folder);
    for (const { messages, ids } of chats) {
      expect(model.chat(messages, picturesIn(messages)).tokens).toEqual(ids);
    }
  });

  it('is put into a text where the template takes nothing else, pictures with it', async () => {
    await write(
      'chat_template.jinja',
      "{% for m in messages %}{{ m['role'] }}: {{ m['content'] | trim }}\n{% endfor %}",
    );
    using model = await VisionLanguageModel.load(folder);
    const content: Message['content'] = [{ type: 'image' }, { type: 'text', text: 'What is it?' }];
    const { tokens } = model.chat([{ role: 'user', content }], [frame]);
    expect(tokens).toEqual(model.prompt('user: <image>What is it?\n', [frame]).tokens);
  });

  it('has as many places as the model has features, whatever a processor is told of its patches', async () => {
    const stale = { processor_class: 'LlavaProcessor', patch_size: 14, num_additional_image_tokens: 0 };
    await write('processor_config.json', stale);
    using model = await VisionLanguageModel.load(folder);
    const { tokens } = model.chat([{ role: 'user', content: [{ type: 'image' }] }], [frame]);
    expect(tokens.filter((id) => id === 3)).toHaveLength(9);
  });

  it("takes the processor's template where the tokenizer has one for text alone", async () => {
    const config = JSON.parse(await readFile(join(folder, 'tokenizer_config.json'), 'utf8'));
    const alone = "{% for m in messages %}{{ 'USER: ' + m['content'] + ' ASSISTANT:' }}{% endfor %}";
    await write('tokenizer_config.json', { ...config, chat_template: alone });
    const text = (given: VisionLanguageModel) =>
      given.tokenizer.decode(given.chat([{ role: 'user', content: [{ type: 'image' }] }], [frame]).tokens);
    using textual = await VisionLanguageModel.load(folder);
    expect(text(textual)).toBe('USER:  ASSISTANT:');
    const seeing = '{% for m in messages %}{% for p in m.content %}Look: <image>{% endfor %}{% endfor %}';
    await write('chat_template.json', { chat_template: seeing });
    using model = await VisionLanguageModel.load(folder);
    expect(text(model)).toBe('Look: ');
  });

  it('is refused where the template leaves its pictures out', async () => {
    await write(
      'chat_template.jinja',
      "{% for m in messages %}{{ m.content | selectattr('text') | list }}{% endfor %}",
    );
    using model = await VisionLanguageModel.load(folder);
    const content: Message['content'] = [{ type: 'image' }, { type: 'text', text: 'What is it?' }];
    expect(() => model.chat([{ role: 'user', content }], [frame])).toThrow(/no place for images[\s\S]*<image>/);
  });

  it('is refused where none of several templates is the default', async () => {
    const config = JSON.parse(await readFile(join(folder, 'tokenizer_config.json'), 'utf8'));
    await write('tokenizer_config.json', { ...config, chat_template: [{ name: 'tool_use', template: 'x' }] });
    await expect(VisionLanguageModel.load(folder)).rejects.toThrow(/no default chat template[\s\S]*tool_use/);
  });
});
