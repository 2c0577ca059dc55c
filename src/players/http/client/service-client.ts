/**
 * Asks a service of models. Every request that fails has a name and is counted; what may pass is asked again after a
 * wait; what comes back is an answer of the loop's kinds. See docs/endpoints.md.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { FailedRequest, ServiceFacts, Usage } from '../../../agent/policy.js';
import { AgentError, createRandom, isAgentError } from '../../../core/index.js';
import type { Fetch } from './provider-model.js';
import type { ReadAnswer } from './read-answer.js';
import { noAnswer, RequestFailure } from './request-failure.js';
import { requestHash } from './request-hash.js';
import { RequestLimits, type Sleep } from './request-limits.js';
import { backoff, LONGEST_RETRY_AFTER_MS } from './retry-wait.js';
import { createScrub, type Scrub } from './scrub.js';
import { sendRequest } from './send-request.js';
import type { ServiceQuestion, ServiceReply } from './service-question.js';
import { baseUrlOf, checkSettings, type ServiceSettings } from './service-settings.js';

export interface ServiceClientOptions {
  /** Node's own where left out. */
  readonly fetch?: Fetch;
  readonly sleep?: Sleep;
  /** Milliseconds that a body may stand still; 30 000 where left out. */
  readonly stallMs?: number;
  /** Before each request, failed ones among them. What it throws ends `ask`: a budget is used up. */
  readonly onRequest?: () => void | Promise<void>;
  /** After each answer, unusable ones among them; undefined where the service does not say what it cost. */
  readonly onAnswer?: (usage: Usage | undefined) => void;
  /** Once for each thing that was asked for and could not be sent, such as a temperature that a model does not have. */
  readonly onWarning?: (sentence: string) => void;
}

const STALL_MS = 30_000;
/** Characters of a service's message that an error shows. */
const LONGEST_MESSAGE = 300;

export class ServiceClient {
  readonly #settings: ServiceSettings;
  readonly #options: ServiceClientOptions;
  readonly #sleep: Sleep;
  readonly #limits: RequestLimits;
  readonly #scrub: Scrub;
  readonly #random;
  readonly #warned = new Set<string>();
  /** Anything has come from the service's address. */
  #isHeard = false;

  /** Throws a `usage` error where the settings cannot be sent. */
  constructor(settings: ServiceSettings, options: ServiceClientOptions = {}) {
    checkSettings(settings);
    this.#settings = settings;
    this.#options = options;
    this.#sleep = options.sleep ?? ((milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : {}));
    this.#limits = new RequestLimits(settings, this.#sleep);
    this.#scrub = createScrub(settings.apiKey);
    this.#random = createRandom(settings.seed ?? 0, 'waits between requests');
  }

  /** Rejects with `cancelled`, or with what `onRequest` throws; everything that a service does is a reply. */
  async ask(question: ServiceQuestion, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ServiceReply> {
    // All that is asked at once listens to the one signal of an evaluation; Node takes more than ten for a leak.
    if (signal) setMaxListeners(0, signal);
    const request = requestHash(this.#settings, question);
    const failed: FailedRequest[] = [];
    for (;;) {
      const started = { at: performance.now() };
      try {
        const answer = await this.#limits.run(() => this.#request(question, started, signal), signal);
        const latencyMs = performance.now() - started.at;
        this.#isHeard = true;
        return this.#reply(answer, { ...NO_FACTS, request, latencyMs, requests: failed.length + 1, failed });
      } catch (error) {
        if (signal?.aborted) throw cancelled(signal);
        if (!(error instanceof RequestFailure)) throw error;
        const { outcome, status } = error;
        this.#isHeard ||= status !== undefined;
        const latencyMs = performance.now() - started.at;
        const waitMs = this.#waitAfter(error, failed.length + 1);
        failed.push({ outcome, ...(status === undefined ? {} : { status }), latencyMs, waitMs: waitMs ?? 0 });
        if (waitMs === null) return this.#failure(error, { ...NO_FACTS, request, requests: failed.length, failed });
        await this.#wait(waitMs, outcome === 'rate-limited', signal);
      }
    }
  }

  async #request(question: ServiceQuestion, started: { at: number }, signal: AbortSignal | undefined) {
    await this.#options.onRequest?.();
    started.at = performance.now();
    const { fetch = globalThis.fetch, stallMs = STALL_MS } = this.#options;
    const { answer, warnings } = await sendRequest(this.#settings, question, { fetch, stallMs, signal });
    this.#options.onAnswer?.(answer.usage);
    for (const warning of warnings) this.#warn(warning);
    return answer;
  }

  /** Milliseconds until the next request; null where none shall follow. */
  #waitAfter({ outcome, retryAfterMs }: RequestFailure, failures: number): number | null {
    if (outcome === 'denied' || failures >= this.#settings.tries) return null;
    if (retryAfterMs === undefined) return backoff(failures, this.#random);
    return retryAfterMs > LONGEST_RETRY_AFTER_MS ? null : retryAfterMs;
  }

  async #wait(milliseconds: number, isForAll: boolean, signal: AbortSignal | undefined): Promise<void> {
    if (isForAll) this.#limits.pause(milliseconds);
    await this.#sleep(milliseconds, signal).catch((error: unknown) => {
      throw signal?.aborted ? cancelled(signal) : error;
    });
  }

  #reply({ outcome, raw, reasoning, finish, model, usage }: ReadAnswer, facts: ServiceFacts): ServiceReply {
    const scrub = this.#scrub;
    const said = {
      raw: scrub(raw),
      ...(reasoning === '' ? {} : { reasoning: scrub(reasoning) }),
      ...(usage === undefined ? {} : { usage }),
      service: {
        ...facts,
        ...(model === undefined ? {} : { model: scrub(model) }),
        finish: finish === null ? null : scrub(finish),
      },
    };
    return outcome === null ? { kind: 'text', ...said } : { kind: 'unusable', outcome, ...said };
  }

  #failure(failure: RequestFailure, service: ServiceFacts): ServiceReply {
    const message = this.#scrub(failure.message).replaceAll(/\s+/g, ' ').slice(0, LONGEST_MESSAGE);
    const where = `${this.#settings.model} at ${baseUrlOf(this.#settings)}`;
    const error = noAnswer(failure, message, where, service.requests);
    const isUnreached = failure.outcome === 'connection' && !this.#isHeard;
    return { kind: 'failure', error, service, ...(isUnreached ? { isUnreached } : {}) };
  }

  #warn(sentence: string): void {
    if (this.#warned.has(sentence)) return;
    this.#warned.add(sentence);
    this.#options.onWarning?.(sentence);
  }
}

const NO_FACTS = { finish: null, isCached: false, latencyMs: 0, cost: null } as const;

function cancelled({ reason }: AbortSignal): AgentError {
  if (isAgentError(reason)) return reason;
  return new AgentError('cancelled', 'the question to the service was cancelled', { cause: reason });
}
