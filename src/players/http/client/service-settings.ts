/** What the client needs to know of a service of models, and what can be said against it before anything is asked. */
import { AgentError, type JsonObject } from '../../../core/index.js';

/** The shapes of requests that are spoken. `openai-compatible` is chat completions as vLLM, llama.cpp and others do. */
export const PROVIDERS = ['openai', 'anthropic', 'google', 'openai-compatible'] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface ServiceSettings {
  readonly provider: Provider;
  /** As the service names it. */
  readonly model: string;
  /** Up to and without `/chat/completions` or its like; the provider's own where left out. */
  readonly baseUrl?: string;
  /** Never in an error, a log or a record; cut out of whatever a service echoes. */
  readonly apiKey?: string;
  /** `schema`: the service is held to the question's schema. `text`: it writes what it likes. */
  readonly answers: 'schema' | 'text';
  readonly temperature?: number;
  /** Of sample 0; sample k is asked with `seed + k`. */
  readonly seed?: number;
  /** As the service names it: `low`, `medium`, `high`, … */
  readonly reasoningEffort?: string;
  /** Tokens of an answer at most, its reasoning among them. */
  readonly maxAnswerTokens: number;
  /** Milliseconds for a whole request; at most `LONGEST_REQUEST_MS`. */
  readonly timeoutMs: number;
  /** Requests for one answer at most, failed ones among them. */
  readonly tries: number;
  readonly requestsAtOnce: number;
  readonly requestsPerMinute?: number;
  /** More fields of the request's body, for `openai-compatible` alone; they stand over those that the client sets. */
  readonly extra?: JsonObject;
}

/** Node's own fetch ends a request that brings no byte for five minutes. */
export const LONGEST_REQUEST_MS = 300_000;

const OWN_URLS: Partial<Record<Provider, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
};

/**
 * Where requests go. Always said to the AI SDK, which would look into the environment otherwise. Throws `usage` where a
 * provider has no URL of its own and none is given.
 */
export function baseUrlOf({ provider, baseUrl }: Pick<ServiceSettings, 'provider' | 'baseUrl'>): string {
  const url = baseUrl ?? OWN_URLS[provider];
  if (url !== undefined) return url.replace(/\/+$/, '');
  throw wrong('a service of your own needs its address', 'baseUrl, such as http://127.0.0.1:8000/v1', 'none');
}

/** Throws a `usage` error where settings cannot be sent as they are. Nothing is asked of the service. */
export function checkSettings(settings: ServiceSettings): void {
  checkUrl(baseUrlOf(settings));
  checkKey(settings);
  if (settings.provider === 'anthropic' && settings.seed !== undefined) {
    throw wrong("Anthropic's messages take no seed", 'no seed', `seed ${settings.seed}`);
  }
  if (settings.provider !== 'openai-compatible' && settings.extra !== undefined) {
    throw wrong('more fields can be sent to an openai-compatible service only', 'no extra fields', settings.provider);
  }
  const { timeoutMs, tries, requestsAtOnce, requestsPerMinute = 1 } = settings;
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_REQUEST_MS)) {
    throw wrong('a request has from 1 to 300 seconds', `0 < timeoutMs <= ${LONGEST_REQUEST_MS}`, `${timeoutMs}`);
  }
  for (const [name, count] of Object.entries({ tries, requestsAtOnce })) {
    if (!Number.isInteger(count) || count < 1) throw wrong(`${name} is a count`, 'a whole number from 1', `${count}`);
  }
  if (!(requestsPerMinute > 0)) throw wrong('requests a minute', 'a number above 0', `${requestsPerMinute}`);
}

function checkUrl(baseUrl: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (isPlain) return;
  // Not shown: who writes a key into an address would read it in a log.
  throw wrong('the address of a service is not one', 'http(s)://HOST/PATH without user, ? or #', 'another address');
}

/** Keys that are letters on a header's line; whatever else would be shown by the error of whoever refuses it. */
function checkKey({ provider, apiKey }: ServiceSettings): void {
  if (apiKey === undefined) {
    if (provider === 'openai-compatible') return;
    throw wrong(`${provider} asks for a key`, 'apiKey', 'none');
  }
  if (/^[\x21-\x7e]+$/.test(apiKey)) return;
  const got = apiKey === '' ? 'an empty one' : 'one with a blank, a line break or a letter beyond ASCII';
  throw wrong('the key of a service cannot be sent', 'letters, digits and signs of ASCII alone', got);
}

function wrong(summary: string, expected: string, got: string): AgentError {
  return new AgentError('usage', summary, { expected, got, next: 'correct the settings of the endpoint' });
}
