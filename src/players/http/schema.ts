/** The schema of configs/endpoints/*.yaml. docs/endpoints.md explains every field; the two are changed together. */
import { z } from 'zod';
import { playSchema } from '../../agent/play-settings/schema.js';
import { jsonFields } from '../../core/json-fields.js';
import { LONGEST_REQUEST_MS, PROVIDERS } from './client/service-settings.js';
import type { Endpoint } from './endpoint.js';

const text = z.string().trim().min(1);
const price = z.number().min(0);

const pictures = z.strictObject({
  scale: z.int().min(1).max(16).default(1),
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
  as: z.enum(['each', 'sheet']).default('each'),
});

const prices = z.strictObject({ prompt: price, cached: price.exactOptional(), answer: price });

const endpoint = z.strictObject({
  provider: z.enum(PROVIDERS).default('openai-compatible'),
  base_url: z.string().exactOptional(),
  // Checked by hand (`load.ts`): a key that stands there by mistake must not be quoted by an error.
  key: z.unknown().transform(String).exactOptional(),
  model: text.exactOptional(),
  answers: z.enum(['schema', 'text']).default('schema'),
  temperature: z.number().min(0).max(2).exactOptional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .exactOptional(),
  reasoning_effort: text.exactOptional(),
  answer_tokens: z.int().min(1).max(1_000_000).default(2048),
  timeout_s: z
    .number()
    .min(1)
    .max(LONGEST_REQUEST_MS / 1000)
    .default(120),
  tries: z.int().min(1).max(100).default(5),
  pictures: pictures.prefault({}),
  system: text.exactOptional(),
  prices: prices.exactOptional(),
  requests_per_minute: z.number().positive().max(1_000_000).exactOptional(),
  requests_at_once: z.int().min(1).max(1024).default(16),
  extra: jsonFields.exactOptional(),
  play: playSchema.exactOptional(),
});

type Fields = z.output<typeof endpoint>;

/** Endpoints as their YAML says them, checked, and turned into what the policy works with. */
export const endpointSchema: z.ZodType<Endpoint> = endpoint.transform(toEndpoint);

/** What an endpoint is that says nothing but its provider. */
export function defaultEndpoint(provider: Endpoint['provider']): Endpoint {
  return endpointSchema.parse({ provider });
}

function toEndpoint(fields: Fields): Endpoint {
  const { base_url, key, model, reasoning_effort, answer_tokens, timeout_s, requests_per_minute, ...others } = fields;
  const { requests_at_once, prices: given, extra, ...same } = others;
  return {
    ...same,
    model: model ?? null,
    key: key ?? null,
    answerTokens: answer_tokens,
    timeoutMs: timeout_s * 1000,
    requestsAtOnce: requests_at_once,
    prices: given === undefined ? null : { cached: given.prompt, ...given },
    ...(base_url === undefined ? {} : { baseUrl: base_url }),
    ...(reasoning_effort === undefined ? {} : { reasoningEffort: reasoning_effort }),
    ...(requests_per_minute === undefined ? {} : { requestsPerMinute: requests_per_minute }),
    ...(extra === undefined ? {} : { extra }),
  };
}
