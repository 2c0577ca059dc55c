/** Conversations as the text that a checkpoint was trained on, by its own Jinja template. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { AgentError } from '../../core/errors.js';
import type { SpecialTokens } from './tokenizer.js';

/** Part of a message; an image stands for the next of the pictures that come with the conversation. */
export type MessagePart = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly MessagePart[];
}

export class ChatTemplate {
  private constructor(
    private readonly template: Template,
    private readonly special: SpecialTokens,
    /** Whether the template wants a message's content as one string rather than as parts. */
    private readonly flat: boolean,
    private readonly where: string,
  ) {}

  /**
   * Reads chat_template.jinja, chat_template.json or the `chat_template` of tokenizer_config.json, in this order.
   * @returns null where the checkpoint has none.
   * @throws AgentError `checkpoint` where it does not parse.
   */
  static async load(folder: string, special: SpecialTokens): Promise<ChatTemplate | null> {
    const found = await findTemplate(folder);
    if (!found) return null;
    try {
      // Templates of language models alone join the content to text; those of LLaVA walk over its parts.
      const flat = !/\.type|\['type'\]|\["type"\]/.test(found.text);
      return new ChatTemplate(new Template(found.text), special, flat, found.where);
    } catch (cause) {
      throw failure('The chat template does not parse', found.where, cause);
    }
  }

  /**
   * The prompt's text, with the template's image token for every image.
   * @param addGenerationPrompt whether the assistant's turn is opened at the end.
   * @throws AgentError `checkpoint` where the template fails on these messages.
   */
  render(messages: readonly Message[], addGenerationPrompt = true): string {
    const special = Object.fromEntries(Object.entries(this.special).filter(([, text]) => text !== undefined));
    const shown = this.flat ? messages.map((message) => this.flatten(message)) : messages;
    try {
      return this.template.render({ ...special, messages: shown, add_generation_prompt: addGenerationPrompt });
    } catch (cause) {
      throw failure('The chat template refuses the conversation', this.where, cause);
    }
  }

  private flatten({ role, content }: Message): { role: string; content: string } {
    const text = content.map((part) => {
      if (part.type === 'text') return part.text;
      throw failure('The chat template has no place for images', this.where, undefined);
    });
    return { role, content: text.join('') };
  }
}

async function findTemplate(folder: string): Promise<{ text: string; where: string } | null> {
  const plain = join(folder, 'chat_template.jinja');
  if (existsSync(plain)) return { text: await readFile(plain, 'utf8'), where: plain };
  for (const name of ['chat_template.json', 'tokenizer_config.json']) {
    const where = join(folder, name);
    if (!existsSync(where)) continue;
    const { chat_template: text } = JSON.parse(await readFile(where, 'utf8')) as { chat_template?: unknown };
    if (typeof text === 'string') return { text, where };
  }
  return null;
}

function failure(summary: string, where: string, cause: unknown): AgentError {
  return new AgentError('checkpoint', summary, {
    ...(cause instanceof Error ? { got: cause.message, cause } : {}),
    where,
  });
}
