/** Tokenizer and chat template give what transformers gives. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { OutOfTime } from '../../../src/core/time-limit.js';
import { ChatTemplate, type Message, Tokenizer } from '../../../src/model/text/index.js';
import { LimitedTemplate } from '../../../src/model/text/limited-template.js';
import { FIXTURES } from '../network/golden.js';

const checkpoint = join(FIXTURES, 'grouped-llama3');
let golden: {
  texts: { text: string; ids: number[] }[];
  conversations: { messages: Message[]; text: string }[];
};
let tokenizer: Tokenizer;
let folder: string;
beforeAll(async () => {
  golden = JSON.parse(await readFile(join(FIXTURES, 'inputs', 'texts.json'), 'utf8'));
  tokenizer = await Tokenizer.load(checkpoint);
  folder = await mkdtemp(join(tmpdir(), 'text-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('Tokenizer', () => {
  it('encodes as transformers does', () => {
    for (const { text, ids } of golden.texts) expect(tokenizer.encode(text)).toEqual(ids);
  });

  it('decodes back, without special tokens', () => {
    for (const { text, ids } of golden.texts) {
      expect(tokenizer.decode(ids)).toBe(text.replace(/<s>|<\/s>|<image>|<\|user\|>/g, ''));
    }
  });

  it('knows its size and special tokens', () => {
    expect(tokenizer.size).toBe(300);
    expect(tokenizer.idOf('<image>')).toBe(3);
    expect(tokenizer.tokenOf(2)).toBe('</s>');
    expect(tokenizer.endTokens).toEqual([2]);
    expect(() => tokenizer.idOf('<video>')).toThrow(/no token "<video>"/);
  });

  it('refuses a folder without a tokenizer, and one that is no JSON', async () => {
    await expect(Tokenizer.load(folder)).rejects.toThrow(/tokenizer is not readable/);
    await writeFile(join(folder, 'tokenizer.json'), '{');
    await expect(Tokenizer.load(folder)).rejects.toThrow(/tokenizer\.json of the checkpoint is not readable/);
  });

  it('takes the end tokens of generation_config.json', async () => {
    await cp(join(checkpoint, 'tokenizer.json'), join(folder, 'tokenizer.json'));
    await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ eos_token_id: [2, 5] }));
    expect((await Tokenizer.load(folder)).endTokens).toEqual([2, 5]);
  });
});

describe('ChatTemplate', () => {
  it('renders as transformers does', async () => {
    const template = await ChatTemplate.load(checkpoint, tokenizer.special, '<image>');
    for (const { messages, text } of golden.conversations) expect(template?.render(messages)).toBe(text);
  });

  it('gives the template of a language model alone one string, and refuses it images', async () => {
    const flat = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}";
    await writeFile(join(folder, 'chat_template.jinja'), flat);
    const template = await ChatTemplate.load(folder, tokenizer.special);
    const text = { type: 'text', text: 'hi' } as const;
    expect(template?.render([{ role: 'user', content: [text, text] }])).toBe('user: hihi\n');
    expect(() => template?.render([{ role: 'user', content: [{ type: 'image' }] }])).toThrow(/no place for images/);
  });

  it('passes on what the template raises, and refuses one that does not parse', async () => {
    await writeFile(join(folder, 'chat_template.jinja'), "{{ raise_exception('roles must alternate') }}");
    const template = await ChatTemplate.load(folder, tokenizer.special);
    expect(() => template?.render([])).toThrow(/roles must alternate/);
    await writeFile(join(folder, 'chat_template.jinja'), '{% for %}');
    await expect(ChatTemplate.load(folder, tokenizer.special)).rejects.toThrow(/does not parse/);
  });

  it('says what to do about one that fails, and waits once for one that finds no end', async () => {
    const details = expect.objectContaining({ next: expect.stringMatching(/mend the template/) });
    const next = { code: 'checkpoint', details };
    await writeFile(join(folder, 'chat_template.jinja'), '{{ messages }}');
    const template = await ChatTemplate.load(folder, tokenizer.special);
    const render = vi.spyOn(LimitedTemplate.prototype, 'render').mockImplementation(() => {
      throw new OutOfTime(5000);
    });
    onTestFinished(() => render.mockRestore());
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] as const;
    expect(() => template?.render(messages)).toThrow(expect.objectContaining(next));
    expect(() => template?.render(messages)).toThrow(/not done within 5 s/);
    expect(render).toHaveBeenCalledTimes(2);
    await writeFile(join(folder, 'chat_template.jinja'), '{% for %}');
    await expect(ChatTemplate.load(folder, tokenizer.special)).rejects.toMatchObject(next);
  });

  it('is absent where there is none', async () => {
    await rm(join(folder, 'chat_template.jinja'));
    expect(await ChatTemplate.load(folder, tokenizer.special)).toBeNull();
  });
});
