/** Conversations as the text that a checkpoint was trained on, by its own Jinja template. */
import { AgentError } from '../../core/errors.js';
import { OutOfTime } from '../../core/time-limit.js';
import { findTemplate } from './find-template.js';
import { LimitedTemplate } from './limited-template.js';
import type { SpecialTokens } from './tokenizer.js';

/** Part of a message; an image stands for the next of the pictures that come with the conversation. */
export type MessagePart = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly MessagePart[];
}

/** What a template wants as the content of a message: its parts, or one text. */
type Form = 'parts' | 'text';

/**
 * Whoever writes it as JSON or as Python would changes it: so it shows whether a template read a content or dumped it.
 */
const PROBE = 'A"B\'C\nD';
/** A game asks in the same words again and again. */
const KEPT = 16;

export class ChatTemplate {
  readonly #rendered = new Map<string, string>();
  #form: Form | undefined;

  private constructor(
    private readonly template: LimitedTemplate,
    private readonly special: SpecialTokens,
    private readonly imageToken: string | undefined,
    private readonly where: string,
  ) {}

  /**
   * Reads the checkpoint's template; `findTemplate` says where it may stand.
   * @param imageToken text of the token that stands for a picture; undefined for a language model alone.
   * @returns null where the checkpoint has none.
   * Rejects with `checkpoint` where it does not parse.
   */
  static async load(folder: string, special: SpecialTokens, imageToken?: string): Promise<ChatTemplate | null> {
    const found = await findTemplate(folder);
    if (!found) return null;
    try {
      return new ChatTemplate(new LimitedTemplate(found.text), special, imageToken, found.where);
    } catch (cause) {
      throw failure('The chat template does not parse', found.where, cause);
    }
  }

  /**
   * The prompt's text, with the image token for every image.
   * @param addGenerationPrompt whether the assistant's turn is opened at the end.
   * Throws `checkpoint` where the template fails on these messages, or has no place for their images.
   */
  render(messages: readonly Message[], addGenerationPrompt = true): string {
    const key = JSON.stringify([messages, addGenerationPrompt]);
    const known = this.#rendered.get(key);
    if (known !== undefined) return known;
    this.#form ??= this.#findForm();
    const shown = this.#form === 'parts' ? messages : messages.map((message) => this.#flatten(message));
    const text = this.#run(shown, addGenerationPrompt);
    this.#requirePlaces(messages, text);
    this.#rendered.set(key, text);
    const [oldest] = this.#rendered.keys();
    if (oldest !== undefined && this.#rendered.size > KEPT) this.#rendered.delete(oldest);
    return text;
  }

  /**
   * Templates of models that see mostly walk over a content's parts, those of language models alone take a text. How a
   * template tells parts apart cannot be seen in its words (a filter, a macro), so both forms are tried.
   */
  #findForm(): Form {
    const text = { type: 'text', text: PROBE };
    const tries: readonly (readonly [Form, unknown])[] = this.imageToken
      ? [
          ['parts', [{ type: 'image' }, text]],
          ['text', this.imageToken + PROBE],
        ]
      : [
          ['text', PROBE],
          ['parts', [text]],
        ];
    const fitting = tries.find(([, content]) => {
      try {
        const shown = this.#run([{ role: 'user', content }], true);
        return shown.includes(PROBE) && shown.includes(this.imageToken ?? '');
      } catch (error) {
        // A template may refuse a content of the form that it does not know; one that finds no end has none in another.
        if (error instanceof AgentError && error.details.cause instanceof OutOfTime) throw error;
        return false;
      }
    });
    return fitting?.[0] ?? 'parts';
  }

  #run(messages: readonly object[], addGenerationPrompt: boolean): string {
    const special = Object.fromEntries(Object.entries(this.special).filter(([, text]) => text !== undefined));
    try {
      return this.template.render({ ...special, messages, add_generation_prompt: addGenerationPrompt });
    } catch (cause) {
      throw failure('The chat template refuses the conversation', this.where, cause);
    }
  }

  #flatten({ role, content }: Message): { role: string; content: string } {
    const text = content.map((part) => (part.type === 'text' ? part.text : (this.imageToken ?? '')));
    return { role, content: text.join('') };
  }

  #requirePlaces(messages: readonly Message[], text: string): void {
    const images = messages.flatMap(({ content }) => content).filter(({ type }) => type === 'image').length;
    if (images === 0 || (this.imageToken !== undefined && text.includes(this.imageToken))) return;
    throw new AgentError('checkpoint', 'the chat template has no place for images', {
      expected: `${this.imageToken ?? 'an image token'} in what it writes, once for each of ${images} pictures`,
      got: JSON.stringify(text.slice(0, 200)),
      where: this.where,
      next: this.imageToken ? 'write a template that has' : 'this checkpoint is a language model alone',
    });
  }
}

function failure(summary: string, where: string, cause: unknown): AgentError {
  return new AgentError('checkpoint', summary, {
    ...(cause instanceof Error ? { got: cause.message, cause } : {}),
    where,
    next:
      cause instanceof OutOfTime
        ? 'mend the template so that it comes to an end, or take that of the model it was made from'
        : 'mend the template, or take that of the model it was made from',
  });
}
