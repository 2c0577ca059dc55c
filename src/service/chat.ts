/** One chat completion: from the body of a request to work for the model, and to the body of the response. */
import { randomInt } from 'node:crypto';
import { createRandom, type Random } from '../core/index.js';
import type { Prompt, VisionLanguageModel } from '../model/index.js';
import { requireFit } from '../model/inference/prompt.js';
import { type Form, FormReader } from './answer-form.js';
import type { Batcher } from './batcher.js';
import { chunk, completion, type Heading, headingOf, type Usage, usageChunk, usageOf } from './completion.js';
import { promptOf } from './conversation.js';
import { choiceLogprobs, type TokenLogprob, tokenLogprob } from './logprobs.js';
import { answerLengths, type Outcome, type Work } from './model-answers.js';
import { Pictures } from './pictures.js';
import { type ChatRequest, readRequest } from './request.js';
import { ServiceError } from './service-error.js';
import { TextStream } from './text-stream.js';

export interface ChatSettings {
  /** As clients name the model. */
  readonly name: string;
  /** Of the checkpoint. */
  readonly fingerprint: string;
  /** In one request. */
  readonly maxPictures: number;
  /** Of one picture. */
  readonly maxPixels: number;
}

/** A request that has been read and may be run. */
export interface Asked {
  readonly request: ChatRequest;
  readonly prompt: Prompt;
  readonly form: Form;
  readonly heading: Heading;
}

/** Told of the parts of a stream, in order. */
export type Send = (part: object) => void;

export class Chat {
  readonly #pictures: Pictures;
  readonly #forms = new FormReader();
  readonly #lengthOf: (form: Form) => number;

  constructor(
    private readonly model: VisionLanguageModel,
    private readonly batcher: Pick<Batcher<Work, Outcome>, 'ask'>,
    private readonly settings: ChatSettings,
  ) {
    this.#pictures = new Pictures(settings.maxPixels, (frame) => model.fit(frame));
    this.#lengthOf = answerLengths(model);
  }

  /** Rejects with a `ServiceError`, or an `AgentError` of code `usage` where the prompt does not fit the model. */
  async read(body: unknown): Promise<Asked> {
    const request = readRequest(body);
    requireModel(request.model, this.settings.name);
    const form = this.#forms.formOf(request);
    const prompt = await promptOf(this.model, request.messages, this.#pictures, this.settings.maxPictures);
    requireFit([prompt], [this.#lengthOf(form)], this.model.config);
    return { request, prompt, form, heading: headingOf(this.settings.name, this.settings.fingerprint) };
  }

  /** The whole answer as the body of a response. */
  async answer(asked: Asked, signal: AbortSignal): Promise<{ body: object; usage: Usage }> {
    const { request, heading } = asked;
    const logprobs: TokenLogprob[] = [];
    const top = request.top_logprobs ?? 0;
    const outcome = await this.batcher.ask(
      this.#work(asked, signal, (token, logits) => {
        if (request.logprobs) logprobs.push(tokenLogprob(this.model, token, logits, top));
      }),
      signal,
    );
    const usage = usageOf(asked.prompt.tokens.length, outcome.tokens);
    const told = outcome.scored ? choiceLogprobs(outcome, top) : logprobs;
    return { body: completion(heading, outcome, usage, request.logprobs ? told : null), usage };
  }

  /** The answer in parts, the first as soon as there is text. */
  async stream(asked: Asked, signal: AbortSignal, send: Send): Promise<Usage> {
    const { request, heading } = asked;
    const top = request.top_logprobs ?? 0;
    const text = new TextStream(this.model.tokenizer, stopsOf(request));
    let isBegun = false;
    const tell = (content: string, logprobs: TokenLogprob[] | null): void => {
      if (!isBegun) send(chunk(heading, { role: 'assistant', content: '' }, null));
      isBegun = true;
      if (content !== '' || logprobs) send(chunk(heading, { content }, null, logprobs));
    };
    const outcome = await this.batcher.ask(
      this.#work(asked, signal, (token, logits) => {
        tell(text.add(token), request.logprobs ? [tokenLogprob(this.model, token, logits, top)] : null);
      }),
      signal,
    );
    tell(text.end(outcome.text), request.logprobs && outcome.scored ? choiceLogprobs(outcome, top) : null);
    send(chunk(heading, {}, outcome.finish));
    const usage = usageOf(asked.prompt.tokens.length, outcome.tokens);
    if (request.stream_options?.include_usage) send(usageChunk(heading, usage));
    return usage;
  }

  #work({ request, prompt, form }: Asked, signal: AbortSignal, onToken: NonNullable<Work['onToken']>): Work {
    return {
      ...{ prompt, form, signal, onToken },
      temperature: request.temperature ?? 0,
      random: randomOf(request.seed),
      // The context's end comes first where nobody sets a limit.
      maxTokens: request.max_completion_tokens ?? request.max_tokens ?? this.model.config.text.maxPositions,
      stop: stopsOf(request),
    };
  }
}

/** The draws of `agent ask --seed`; others each time where there is no seed. */
function randomOf(seed: number | null | undefined): Random {
  const given = seed ?? randomInt(2 ** 32);
  return createRandom(Math.abs(given), given < 0 ? 'answer below 0' : 'answer');
}

function requireModel(asked: string, name: string): void {
  if (asked === name) return;
  const message = `there is no model ${JSON.stringify(asked.slice(0, 200))} here; this service has ${name}`;
  throw new ServiceError(message, { status: 404, code: 'model_not_found', param: 'model' });
}

function stopsOf({ stop }: ChatRequest): string[] {
  return (stop ?? []).filter((text) => text !== '');
}
