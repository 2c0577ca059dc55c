/**
 * PAE-LaMM, or any checkpoint in LLaVA layout, resident in memory: prompts with pictures in, scores of answers or text
 * out. Batched throughout; keeps features of pictures and the keys and values of prompts' common beginnings.
 */
import { AgentError } from '../core/errors.js';
import type { Frame } from '../core/nd-array.js';
import type { Random } from '../core/random.js';
import { type ModelConfig, readModelConfig } from './config/index.js';
import { readImageProcessing } from './image/index.js';
import { FeatureCache } from './inference/feature-cache.js';
import { type Filled, fillTemplate, type Template, templateLength } from './inference/fill.js';
import { generateTokens } from './inference/generate.js';
import { PrefixCache } from './inference/prefix-cache.js';
import { makePrompt, type Prompt, requireFit } from './inference/prompt.js';
import { scoreAnswers } from './inference/score.js';
import { Network } from './network/network.js';
import { ChatTemplate, type Message, Tokenizer } from './text/index.js';

export interface GenerateOptions {
  /** Longest answer, in tokens. */
  readonly maxTokens: number;
  /** 0, the default, always takes the likeliest token. */
  readonly temperature?: number;
  /** Source of draws above temperature 0. */
  readonly random?: Random;
  /** Texts that end an answer; they are cut off it. */
  readonly stop?: readonly string[];
  /** Told of each token, with the logits that it was taken from; these are not kept. */
  readonly onToken?: (token: number, logits: Float32Array) => void;
  /** Ends the answer. */
  readonly signal?: AbortSignal;
}

export interface Generated {
  readonly text: string;
  readonly tokens: readonly number[];
  readonly reason: 'end' | 'stop' | 'length';
}

export class VisionLanguageModel implements Disposable {
  readonly #prefixes: PrefixCache;

  private constructor(
    /** @internal tfjs's own types do not compile everywhere: what a library's user sees has none of them. */
    readonly network: Network,
    readonly tokenizer: Tokenizer,
    private readonly template: ChatTemplate | null,
    private readonly features: FeatureCache | null,
  ) {
    this.#prefixes = new PrefixCache(network);
  }

  /**
   * Loads a checkpoint folder: config.json, weights, tokenizer, and for pictures preprocessor_config.json.
   * Rejects with `checkpoint` for anything missing or not implemented, `setup` or `runtime` for TensorFlow.
   */
  static async load(folder: string): Promise<VisionLanguageModel> {
    const { image } = await readModelConfig(folder);
    const tokenizer = await Tokenizer.load(folder);
    const imageToken = image ? tokenizer.tokenOf(image.imageToken) : undefined;
    const template = await ChatTemplate.load(folder, tokenizer.special, imageToken);
    const network = await Network.load(folder);
    try {
      requireVocabulary(tokenizer, network.config, folder);
      const processing = image && (await readImageProcessing(folder, image.vision.imageSize));
      const features = processing && new FeatureCache(network, processing);
      return new VisionLanguageModel(network, tokenizer, template, features);
    } catch (error) {
      network[Symbol.dispose]();
      throw error;
    }
  }

  get config(): ModelConfig {
    return this.network.config;
  }

  /** Whether the checkpoint says how a conversation is written. */
  get hasChatTemplate(): boolean {
    return this.template !== null;
  }

  /**
   * A picture as the vision tower takes it, still bytes: asked about in place of the original it gives the same
   * answers, and is small. Throws `usage` for one that is too long and thin.
   */
  fit(frame: Frame): Frame {
    return this.features?.fit(frame) ?? frame;
  }

  /**
   * A prompt from text in which every picture has its image token (usually `<image>`).
   * @param addSpecial whether the tokenizer puts its first token before it.
   */
  prompt(text: string, frames: readonly Frame[] = [], addSpecial = true): Prompt {
    return makePrompt(this.tokenizer.encode(text, addSpecial), frames, this.config);
  }

  /** A prompt from a conversation, by the checkpoint's chat template. Throws `checkpoint` without one. */
  chat(messages: readonly Message[], frames: readonly Frame[] = []): Prompt {
    if (!this.template) {
      throw new AgentError('checkpoint', 'the checkpoint has no chat template', {
        expected: 'chat_template.jinja, or chat_template in tokenizer_config.json',
        next: 'give the prompt as text',
      });
    }
    const text = this.template.render(messages);
    return this.prompt(text, frames, this.#addsSpecial(text));
  }

  /**
   * As transformers does it: a processor adds special tokens unless the template has written the first one, the
   * tokenizer of a language model alone leaves them to the template.
   */
  #addsSpecial(text: string): boolean {
    const first = this.tokenizer.special.bos_token;
    return this.config.image !== null && !(first !== undefined && text.startsWith(first));
  }

  /** Token ids of an answer as it is scored and trained: its text and the token that ends it. */
  answer(text: string): number[] {
    const [end] = this.tokenizer.endTokens;
    return [...this.tokenizer.encode(text), ...(end === undefined ? [] : [end])];
  }

  /**
   * The natural log-probability of each answer in full, its end included, so that no answer gains from being the
   * beginning of another. All prompts and answers go through the decoder in one pass.
   * @param answers texts, the same for all prompts.
   * @returns one list a prompt, in the order of the answers.
   */
  async score(prompts: readonly Prompt[], answers: readonly string[]): Promise<number[][]> {
    if (prompts.length === 0) return [];
    const tokens = answers.map((answer) => this.answer(answer));
    const empty = tokens.findIndex((ids) => ids.length === 0);
    if (tokens.length === 0 || empty >= 0) {
      throw new AgentError('usage', 'there is nothing to score', {
        expected: 'at least one answer, and none of them empty',
        got: empty >= 0 ? `answer ${empty} is ${JSON.stringify(answers[empty])}` : 'no answers',
      });
    }
    const longest = Math.max(...tokens.map((ids) => ids.length));
    requireFit(
      prompts,
      prompts.map(() => longest),
      this.config,
    );
    const features = await this.#featuresOf(prompts);
    const all = prompts.map(() => tokens);
    return scoreAnswers(this.network, prompts, all, features, this.#prefixes.shared(prompts));
  }

  /**
   * Answers of a form that is known beforehand: chooses each token that the template leaves open, the likeliest of
   * those that may stand there, and scores every way to end behind it. Prompts of one length go through the decoder
   * together.
   * @returns one entry a prompt, in order.
   */
  async fill(prompts: readonly Prompt[], template: Template): Promise<Filled[]> {
    const longest = templateLength(template);
    requireFit(
      prompts,
      prompts.map(() => longest),
      this.config,
    );
    const filled = new Map<Prompt, Filled>();
    for (const length of new Set(prompts.map(({ tokens }) => tokens.length))) {
      const group = prompts.filter(({ tokens }) => tokens.length === length);
      const features = await this.#featuresOf(group);
      const ofGroup = await fillTemplate(this.network, group, template, features, this.#prefixes.shared(group));
      group.forEach((prompt, i) => {
        filled.set(prompt, ofGroup[i] as Filled);
      });
    }
    return prompts.map((prompt) => filled.get(prompt) as Filled);
  }

  /**
   * Free answers, one a prompt.
   * @param options for all prompts, or a list with an entry for each.
   * Rejects with the reason of a signal where the signals end all of them.
   */
  async generate(
    prompts: readonly Prompt[],
    options: GenerateOptions | readonly GenerateOptions[],
  ): Promise<Generated[]> {
    if (prompts.length === 0) return [];
    requireFit(
      prompts,
      prompts.map(() => 1),
      this.config,
    );
    const features = await this.#featuresOf(prompts);
    const each = prompts.map((_, i) => ('maxTokens' in options ? options : (options[i] as GenerateOptions)));
    const settings = each.map(({ stop = [], temperature = 0, ...rest }) => ({
      ...rest,
      temperature,
      ...(stop.length > 0
        ? { isComplete: (tokens: readonly number[]) => this.#endsAt(tokens, stop) !== undefined }
        : {}),
    }));
    const prefix = this.#prefixes.shared(prompts);
    const results = await generateTokens(this.network, prompts, features, prefix, settings, this.tokenizer.endTokens);
    return results.map(({ tokens, reason }, i) => {
      const text = this.tokenizer.decode(tokens);
      return { tokens, reason, text: text.slice(0, this.#endsAt(tokens, each[i]?.stop ?? [])) };
    });
  }

  /**
   * Drops what is kept of prompts: the weights have changed. Features of pictures are kept by picture, so a picture
   * that was seen before the change must come as a new object.
   */
  forget(): void {
    this.#prefixes[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#prefixes[Symbol.dispose]();
    this.network[Symbol.dispose]();
  }

  /** Where the first of the stop texts begins in the answer. */
  #endsAt(tokens: readonly number[], stop: readonly string[]): number | undefined {
    const text = this.tokenizer.decode(tokens);
    const places = stop.map((end) => text.indexOf(end)).filter((place) => place >= 0);
    return places.length === 0 ? undefined : Math.min(...places);
  }

  async #featuresOf(prompts: readonly Prompt[]): Promise<Float32Array | null> {
    const frames = prompts.flatMap((prompt) => prompt.frames);
    if (frames.length === 0) return null;
    return (this.features as FeatureCache).featuresOf(frames);
  }
}

/** An id beyond the embedding matrix would read nothing, which TensorFlow reports only on some devices. */
function requireVocabulary(tokenizer: Tokenizer, { text }: ModelConfig, where: string): void {
  if (tokenizer.size <= text.vocabularySize) return;
  throw new AgentError('checkpoint', 'the tokenizer has more tokens than the model', {
    expected: `at most ${text.vocabularySize} tokens`,
    got: String(tokenizer.size),
    where,
  });
}
