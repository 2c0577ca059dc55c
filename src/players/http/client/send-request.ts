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
export async function sendRequest(settings: ServiceSettings, question: ServiceQuestion, options: SendOptions) {
  using deadline = new Deadline(settings.timeoutMs, options.stallMs, options.signal);
  const exchange = new Exchange(options.fetch, deadline);
  const model = providerModel(settings, exchange.fetch);
  let result: Generated;
  try {
    result = await deadline.race(Promise.resolve(model.doGenerate(callOptions(settings, question))));
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    if (error instanceof RequestFailure) throw error;
    if (exchange.isEmpty) return { answer: EMPTY_ANSWER, warnings: [] } satisfies Sent;
    const message = error instanceof Error ? error.message : String(error);
    throw new RequestFailure('malformed', `no answer in form: ${message}`, { status: exchange.status });
  }
  return { answer: readAnswer(result, exchange), warnings: result.warnings.map(sentence) } satisfies Sent;
}

function sentence(warning: Generated['warnings'][number]): string {
  if (warning.type === 'other') return warning.message;
  return `${warning.feature} is ${warning.type}${warning.details ? `: ${warning.details}` : ''}`;
}
