/** The bodies of `/v1/chat/completions`, whole and as parts of a stream. */
import { randomUUID } from 'node:crypto';
import type { TokenLogprob } from './logprobs.js';
import type { Outcome } from './model-answers.js';

/** What all the parts of one answer have in common. */
export interface Heading {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export function headingOf(model: string, fingerprint: string): Heading {
  const created = Math.floor(Date.now() / 1000);
  return { id: `chatcmpl-${randomUUID()}`, created, model, system_fingerprint: fingerprint };
}

export function usageOf(prompt: number, completion: number): Usage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** @param logprobs null where none were asked for. */
export function completion(
  heading: Heading,
  { text, finish }: Outcome,
  usage: Usage,
  logprobs: readonly TokenLogprob[] | null,
): object {
  const message = { role: 'assistant', content: text, refusal: null };
  const choice = { index: 0, message, logprobs: logprobs && { content: logprobs, refusal: null } };
  return { ...heading, object: 'chat.completion', choices: [{ ...choice, finish_reason: finish }], usage };
}

/** A part of a stream. */
export function chunk(
  heading: Heading,
  delta: object,
  finish: Outcome['finish'] | null,
  logprobs: readonly TokenLogprob[] | null = null,
): object {
  const choice = { index: 0, delta, logprobs: logprobs && { content: logprobs, refusal: null }, finish_reason: finish };
  return { ...heading, object: 'chat.completion.chunk', choices: [choice] };
}

/** The last part of a stream whose client wants the usage. */
export function usageChunk(heading: Heading, usage: Usage): object {
  return { ...heading, object: 'chat.completion.chunk', choices: [], usage };
}
