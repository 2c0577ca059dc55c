/** Text to token ids and back, by a checkpoint's tokenizer.json. */
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { AgentError } from '../../core/errors.js';
import { inWords } from '../../core/system-error.js';
import { OutOfTime, withinTime } from '../../core/time-limit.js';
import { readCheckpointJson } from '../checkpoint-file.js';
import { endTokensSchema } from '../config/limits.js';
import { findBadId, hasPlainPatterns } from './tokenizer-limits.js';

/** A special token is written as its text, or as an object with its text under `content`. */
const token = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]).nullish();
const tokenizerConfigSchema = z.looseObject({
  bos_token: token,
  eos_token: token,
  pad_token: token,
  unk_token: token,
});
const generationSchema = z.object({ eos_token_id: endTokensSchema });

/** A text of a hundred thousand characters takes a tenth of it. */
const MAX_MILLISECONDS = 5000;
/** Texts whose ids are kept: a game's instructions come with every decision. */
const KEPT = 32;
/** Characters of a text that is kept, at most. */
const LONGEST_KEPT = 20_000;

/** Special tokens as text, by the names that chat templates use. */
export type SpecialTokens = Readonly<Record<'bos_token' | 'eos_token' | 'pad_token' | 'unk_token', string | undefined>>;

export class Tokenizer {
  /** By text and whether special tokens are added; the least recently used comes first. */
  readonly #kept = new Map<string, readonly number[]>();

  private constructor(
    private readonly inner: HuggingFaceTokenizer,
    readonly special: SpecialTokens,
    /** Tokens that end an answer: those of generation_config.json, else the end-of-sequence token. */
    readonly endTokens: readonly number[],
    private readonly where: string,
    /** Whether its patterns might take for ever on some text. */
    private readonly watched: boolean,
  ) {}

  /**
   * Reads tokenizer.json, tokenizer_config.json and generation_config.json, the last two if they are there.
   * Rejects with `checkpoint` where a file is not readable or a special token is not in the vocabulary.
   */
  static async load(folder: string): Promise<Tokenizer> {
    const where = join(folder, 'tokenizer.json');
    const json = await readCheckpointJson(where);
    if (!json) throw unreadable(where, new Error('there is no such file'));
    const rawConfig = (await readCheckpointJson(join(folder, 'tokenizer_config.json'))) ?? {};
    const generation = (await readCheckpointJson(join(folder, 'generation_config.json'))) ?? {};
    const config = check(tokenizerConfigSchema, rawConfig, join(folder, 'tokenizer_config.json'));
    const { eos_token_id: ends } = check(generationSchema, generation, join(folder, 'generation_config.json'));
    const inner = build(json, rawConfig, where);
    const special: SpecialTokens = {
      bos_token: config.bos_token ?? undefined,
      eos_token: config.eos_token ?? undefined,
      pad_token: config.pad_token ?? undefined,
      unk_token: config.unk_token ?? undefined,
    };
    const last = special.eos_token === undefined ? [] : [requireId(inner, special.eos_token, where)];
    const endTokens = ends === null || ends === undefined ? last : [ends].flat();
    return new Tokenizer(inner, special, endTokens, where, !hasPlainPatterns(json));
  }

  /** Number of tokens, added ones included. */
  get size(): number {
    return this.inner.get_vocab(true).size;
  }

  /**
   * Ids of a text. Special tokens written out in it are taken as such.
   * @param addSpecial whether the tokenizer's own template is put around it (usually the first token); not wanted for
   *   text that begins with that token already, nor for answers.
   * Throws `checkpoint` where the tokenizer's patterns find no end on the text.
   */
  encode(text: string, addSpecial = false): number[] {
    if (text === '' && !addSpecial) return [];
    const key = `${addSpecial} ${text}`;
    const ids =
      this.#kept.get(key) ?? this.#inTime(() => this.inner.encode(text, { add_special_tokens: addSpecial }).ids);
    if (text.length <= LONGEST_KEPT) this.#keep(key, ids);
    return [...ids];
  }

  #keep(key: string, ids: readonly number[]): void {
    this.#kept.delete(key);
    this.#kept.set(key, ids);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) return;
      this.#kept.delete(oldest);
    }
  }

  /** Text of ids, without special tokens. Throws an `AgentError` as `encode`. */
  decode(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#inTime(() => this.inner.decode([...ids], { skip_special_tokens: true }));
  }

  /** The id of a token given by its text. Throws `checkpoint` where the vocabulary has it not. */
  idOf(text: string): number {
    return requireId(this.inner, text, this.where);
  }

  /** The text of one token, special or not. */
  tokenOf(id: number): string | undefined {
    return this.inner.id_to_token(id);
  }

  #inTime<T>(work: () => T): T {
    if (!this.watched) return work();
    try {
      return withinTime(MAX_MILLISECONDS, work);
    } catch (cause) {
      if (!(cause instanceof OutOfTime)) throw cause;
      throw new AgentError('checkpoint', "the tokenizer's patterns find no end", {
        expected: `a text cut into tokens within ${MAX_MILLISECONDS / 1000} s`,
        where: this.where,
        next: 'look at its "Regex" entries: a pattern such as (a+)+$ tries every way to share a text out',
        cause,
      });
    }
  }
}

function requireId(tokenizer: HuggingFaceTokenizer, text: string, where: string): number {
  const id = tokenizer.token_to_id(text);
  if (id !== undefined) return id;
  throw new AgentError('checkpoint', `the vocabulary has no token ${JSON.stringify(text)}`, { where });
}

function build(json: object, config: object, where: string): HuggingFaceTokenizer {
  const bad = findBadId(json);
  if (bad) throw unreadable(where, new Error(bad));
  try {
    return new HuggingFaceTokenizer(json, config);
  } catch (cause) {
    throw unreadable(where, cause);
  }
}

function check<T>(schema: z.ZodType<T>, raw: unknown, where: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new AgentError('checkpoint', 'A file of the tokenizer does not fit', {
    got: z.prettifyError(parsed.error),
    where,
  });
}

function unreadable(where: string, cause: unknown): AgentError {
  return new AgentError('checkpoint', 'the tokenizer is not readable', {
    got: inWords(cause),
    where,
    next: 'a checkpoint needs tokenizer.json; older ones with only tokenizer.model must be converted by transformers',
    cause,
  });
}
