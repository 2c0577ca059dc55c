/** An endpoint as data: a model behind a service, and how it is asked. `configs/endpoints/*.yaml` say such. */
import type { PlayChoices } from '../../agent/play-settings/play-settings.js';
import { AgentError, type JsonObject } from '../../core/index.js';
import { checkSettings, type Provider, type ServiceSettings } from './client/service-settings.js';
import type { Prices } from './prices.js';

/** How the frames of a decision are sent. */
export interface PictureSettings {
  /** Whole number by which each is enlarged, pixel by pixel. */
  readonly scale: number;
  readonly order: 'oldest-first' | 'newest-first';
  /** One picture a frame, or all side by side in one. */
  readonly as: 'each' | 'sheet';
}

export interface Endpoint {
  readonly provider: Provider;
  /** Null where the file leaves it to who names the endpoint. */
  readonly model: string | null;
  readonly baseUrl?: string;
  /** Name of the environment variable that holds the key; null where the service asks for none. */
  readonly key: string | null;
  readonly answers: 'schema' | 'text';
  readonly temperature?: number;
  readonly seed?: number;
  readonly reasoningEffort?: string;
  /** Tokens of an answer at most, its reasoning among them. */
  readonly answerTokens: number;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Requests for one answer, at most. */
  readonly tries: number;
  readonly pictures: PictureSettings;
  /** The system prompt. */
  readonly system?: string;
  /** Null where nobody said any. */
  readonly prices: Prices | null;
  readonly requestsPerMinute?: number;
  readonly requestsAtOnce: number;
  /** More fields of the request's body, for openai-compatible services. */
  readonly extra?: JsonObject;
  /** Ways of playing that go before the game's. */
  readonly play?: PlayChoices;
}

/** An endpoint that names its model. */
export type ModelEndpoint = Endpoint & { readonly model: string };

/**
 * What the client is told of an endpoint, with the key out of the environment. Throws `usage` where the variable is not
 * set or the settings
 * cannot be sent; what the variable holds is never shown.
 * @param named how the endpoint was named, for the error
 */
export function serviceSettings(endpoint: ModelEndpoint, named: string, env = process.env): ServiceSettings {
  const { key, answerTokens, prices: _prices, pictures: _pictures, system: _system, play: _play, ...same } = endpoint;
  const apiKey = key === null ? undefined : env[key];
  if (key !== null && !apiKey) {
    // The name itself is not shown: who wrote the key there by mistake would find it in a log.
    throw new AgentError('usage', 'the key of the service is not in the environment', {
      expected: 'an environment variable with the key, of the name that the endpoint says',
      got: 'none of that name, or an empty one',
      where: named,
      next: 'export it before the command; keys are read from the environment alone (docs/endpoints.md)',
    });
  }
  const settings = { ...same, maxAnswerTokens: answerTokens, ...(apiKey ? { apiKey } : {}) };
  checkSettings(settings);
  return settings;
}

/** What decides the answers of an endpoint, for records: plain values, without keys, limits and prices. */
export function endpointFacts(endpoint: ModelEndpoint, baseUrl: string): Record<string, string | number | null> {
  const { provider, model, answers, temperature, seed, reasoningEffort, answerTokens, pictures, system } = endpoint;
  return {
    provider,
    base_url: baseUrl,
    model,
    answers,
    temperature: temperature ?? null,
    seed: seed ?? null,
    reasoning_effort: reasoningEffort ?? null,
    answer_tokens: answerTokens,
    picture_scale: pictures.scale,
    picture_order: pictures.order,
    pictures_as: pictures.as,
    system: system ?? null,
    extra: endpoint.extra === undefined ? null : JSON.stringify(endpoint.extra),
  };
}
