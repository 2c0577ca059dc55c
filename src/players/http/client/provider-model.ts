/**
 * The AI SDK's models: one request in the shape that a provider speaks. They are asked without `generateText`: retries,
 * waits and what an answer is worth are the client's, and nothing is written to the console.
 */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ServiceMessage, ServiceQuestion } from './service-question.js';
import { baseUrlOf, type ServiceSettings } from './service-settings.js';

export type Fetch = typeof globalThis.fetch;
export type ProviderModel = ReturnType<OpenAIProvider['chat']>;
export type Generated = Awaited<ReturnType<ProviderModel['doGenerate']>>;
type CallOptions = Parameters<ProviderModel['doGenerate']>[0];
type Prompt = CallOptions['prompt'];

/** The name under which options go to an openai-compatible service. */
const OWN = 'endpoint';

/**
 * A model whose requests go through `fetch`. OpenAI is asked by chat completions, not by responses: they take a seed,
 * keep nothing at the service, and are what every other server speaks.
 */
export function providerModel(settings: ServiceSettings, fetch: Fetch): ProviderModel {
  const { provider, model, extra } = settings;
  const access = { baseURL: baseUrlOf(settings), fetch };
  const apiKey = settings.apiKey ?? '';
  if (provider === 'openai') return createOpenAI({ ...access, apiKey }).chat(model);
  if (provider === 'anthropic') return createAnthropic({ ...access, apiKey })(model);
  if (provider === 'google') return createGoogleGenerativeAI({ ...access, apiKey })(model);
  return createOpenAICompatible({
    ...access,
    name: OWN,
    supportsStructuredOutputs: true,
    transformRequestBody: (body) => ({ ...body, ...extra }),
    ...(settings.apiKey === undefined ? {} : { apiKey }),
  })(model);
}

/** A question in the SDK's terms. */
export function callOptions(settings: ServiceSettings, question: ServiceQuestion): CallOptions {
  const { answers, temperature, seed, maxAnswerTokens } = settings;
  const { system, messages, schema, sample } = question;
  const prompt: Prompt = [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    ...messages.map(promptMessage),
  ];
  return {
    prompt,
    maxOutputTokens: maxAnswerTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed: seed + sample }),
    ...(answers === 'schema' && schema ? { responseFormat: jsonFormat(schema) } : {}),
    ...effort(settings),
  };
}

function jsonFormat(schema: object): NonNullable<CallOptions['responseFormat']> {
  return { type: 'json', name: 'answer', schema };
}

function promptMessage({ role, content }: ServiceMessage): Prompt[number] {
  if (role === 'assistant') {
    return { role, content: content.flatMap((part) => (part.type === 'text' ? [part] : [])) };
  }
  return {
    role,
    content: content.map((part) =>
      part.type === 'text' ? part : { type: 'file', mediaType: 'image/png', data: part.png },
    ),
  };
}

/** How hard a model thinks; each provider has its own word for it. Google shows its thoughts only where asked to. */
function effort({ provider, reasoningEffort }: ServiceSettings): Pick<CallOptions, 'providerOptions'> {
  if (reasoningEffort === undefined) return {};
  if (provider === 'anthropic') return { providerOptions: { anthropic: { effort: reasoningEffort } } };
  if (provider === 'google') {
    const thinkingConfig = { thinkingLevel: reasoningEffort, includeThoughts: true };
    return { providerOptions: { google: { thinkingConfig } } };
  }
  return { providerOptions: { [provider === 'openai' ? 'openai' : OWN]: { reasoningEffort } } };
}
