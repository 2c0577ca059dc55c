/** One request, once: an answer, or a failure with a name. */
import { Deadline } from './deadline.js';
import { Exchange } from './exchange.js';
import { callOptions, type Fetch, type Generated, providerModel } from './provider-model.js';
import { EMPTY_ANSWER, type ReadAnswer, readAnswer } from './read-answer.js';
import { RequestFailure } from './request-failure.js';
import type { ServiceQuestion } from './service-question.js';
import type { ServiceSettings } from './service-settings.js';

export interface SendOptions {
  readonly fetch: Fetch;
  /** Milliseconds between two parts of a body, at most. */
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Sent {
  readonly answer: ReadAnswer;
  /** What the SDK left out of the request, because the model cannot take it; one sentence each. */
  readonly warnings: readonly string[];
}

/** Rejects with a `RequestFailure`, or with the reason of the caller's signal. */
export async function sendRequest(
  settings: ServiceSettings,
  question: ServiceQuestion,
  { fetch, stallMs, signal }: SendOptions,
): Promise<Sent> {
  using deadline = new Deadline(settings.timeoutMs, stallMs, signal);
  const exchange = new Exchange(fetch, deadline);
  try {
    const model = providerModel(settings, exchange.fetch);
    const result = await deadline.race(Promise.resolve(model.doGenerate(callOptions(settings, question))));
    return { answer: readAnswer(result, exchange), warnings: result.warnings.map(sentence) };
  } catch (error) {
    const isOver = deadline.signal.aborted;
    // The SDK throws where there is no choice, which the loop takes for an answer without content.
    if (exchange.isEmpty && !isOver) return { answer: EMPTY_ANSWER, warnings: [] };
    const reason: unknown = isOver ? deadline.signal.reason : failureOf(error, exchange);
    if (reason instanceof RequestFailure) reason.status = exchange.status;
    throw reason;
  }
}

/** The SDK complains of settings that a provider does not have before it asks, and of an answer's form after it. */
function failureOf(error: unknown, { isBegun }: Exchange): RequestFailure {
  if (error instanceof RequestFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (isBegun) return new RequestFailure('malformed', `no answer in form: ${message}`);
  return new RequestFailure('denied', `the request cannot be made: ${message}`);
}

function sentence(warning: Generated['warnings'][number]): string {
  if (warning.type === 'other') return warning.message;
  return `${warning.feature} is ${warning.type}${warning.details ? `: ${warning.details}` : ''}`;
}
