/**
 * What goes to and fro for one request. Its `fetch` is given to the AI SDK, which is so handed nothing but a body that
 * is whole, JSON, of a size that can be held, and no error.
 */
import type { JsonObject } from '../../../core/index.js';
import type { Deadline } from './deadline.js';
import type { Fetch } from './provider-model.js';
import { isObject, readObject, readText } from './read-body.js';
import { RequestFailure } from './request-failure.js';
import { failureInBody, failureOfStatus } from './service-error.js';
import { checkCounts } from './usage-counts.js';

interface Received {
  readonly text: string;
  readonly headers: Headers;
}

export class Exchange {
  readonly #fetch: Fetch;
  readonly #deadline: Deadline;
  /** The SDK made a request of the question. */
  isBegun = false;
  /** Of HTTP; undefined where none came. */
  status: number | undefined;
  /** As the SDK was given it. */
  body: JsonObject = {};
  /** The body's counts of tokens can be believed. */
  isCounted = false;

  constructor(fetch: Fetch, deadline: Deadline) {
    this.#fetch = fetch;
    this.#deadline = deadline;
  }

  /** Sends the SDK's request. Rejects with a `RequestFailure`, or the reason of the caller's signal. */
  readonly fetch: Fetch = async (input, init) => {
    let received: Received;
    this.isBegun = true;
    try {
      received = await this.#receive(input, init);
    } catch (error) {
      if (this.#deadline.signal.aborted) throw this.#deadline.signal.reason;
      throw error instanceof RequestFailure ? error : failureOfFetch(error);
    }
    return this.#understand(received);
  };

  async #receive(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): Promise<Received> {
    const { signal } = this.#deadline;
    const response = await this.#fetch(input, { ...init, redirect: 'manual', signal });
    this.status = response.status;
    const text = await readText(response, this.#deadline).catch((error: unknown) => {
      // A status names a failure by itself, also where its body is too large or breaks off.
      if (response.ok) throw error;
      return '';
    });
    if (!response.ok) throw failureOfStatus(response, text);
    return { text, headers: response.headers };
  }

  #understand({ text, headers }: Received): Response {
    const body = readObject(text, headers);
    const failure = failureInBody(body);
    if (failure) throw failure;
    Object.assign(this, checkCounts(body));
    return new Response(JSON.stringify(this.body), { headers: { 'content-type': 'application/json' } });
  }

  /** The first choice of chat completions, as it came; undefined for other shapes and where there is none. */
  get choice(): JsonObject | undefined {
    const { choices } = this.body;
    return Array.isArray(choices) && isObject(choices[0]) ? choices[0] : undefined;
  }

  /** What Google calls the model that answered; the SDK does not hand it on. */
  get modelVersion(): string | undefined {
    const { modelVersion } = this.body;
    return typeof modelVersion === 'string' ? modelVersion : undefined;
  }

  /** An answer in form that holds no choice. */
  get isEmpty(): boolean {
    const { choices } = this.body;
    return Array.isArray(choices) && choices.length === 0;
  }
}

/** What fetch rejects with has a cause, and that a code, where the system or the parser of HTTP has one. */
function failureOfFetch(error: unknown): RequestFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = [code, cause instanceof Error ? cause.message : String(cause)].filter(Boolean).join(': ');
  if (/^UND_ERR_(HEADERS|BODY|CONNECT)_TIMEOUT$|^ETIMEDOUT$/.test(code)) {
    return new RequestFailure('timeout', message);
  }
  // Not HTTP at all, or a body that cannot be unpacked (Z_ by gzip, ERR__ by brotli).
  const isGarbage = /^HPE_|^Z_|^ERR__|^UND_ERR_HEADERS_OVERFLOW$/.test(code);
  return new RequestFailure(isGarbage ? 'malformed' : 'connection', message);
}
