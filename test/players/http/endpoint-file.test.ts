/** What an endpoint's file may say, where it is found, and what is told of a wrong one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AgentError } from '../../../src/core/index.js';
import { serviceSettings } from '../../../src/players/http/endpoint.js';
import { endpointKind, openaiKind } from '../../../src/players/http/kinds.js';
import { endpointNames, loadEndpoint, parseEndpoint, splitEndpoint } from '../../../src/players/http/load.js';
import { isShippedPolicy } from '../../../src/players/index.js';

const folder = mkdtempSync(join(tmpdir(), 'endpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

const URL = 'base_url: http://127.0.0.1:9/v1\n';
const SECRET = 'sk-live-aB3dE5';

function errorOf(text: string): AgentError {
  try {
    parseEndpoint(text, 'own.yaml');
  } catch (error) {
    if (error instanceof AgentError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('the file', () => {
  it('says everything about how a model is asked', () => {
    const text = `${URL}key: MY_KEY
model: tiny
answers: text
temperature: 0.7
seed: 3
reasoning_effort: low
answer_tokens: 99
timeout_s: 7
tries: 2
pictures: { scale: 4, order: newest-first, as: sheet }
system: You play.
prices: { prompt: 2.5, answer: 10 }
requests_per_minute: 60
requests_at_once: 4
extra: { top_k: 1, chat_template_kwargs: { enable_thinking: false } }
play: { history: 2, retry: reason }
`;
    expect(parseEndpoint(text, 'own.yaml')).toEqual({
      provider: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:9/v1',
      key: 'MY_KEY',
      model: 'tiny',
      answers: 'text',
      temperature: 0.7,
      seed: 3,
      reasoningEffort: 'low',
      answerTokens: 99,
      timeoutMs: 7000,
      tries: 2,
      pictures: { scale: 4, order: 'newest-first', as: 'sheet' },
      system: 'You play.',
      prices: { prompt: 2.5, cached: 2.5, answer: 10 },
      requestsPerMinute: 60,
      requestsAtOnce: 4,
      extra: { top_k: 1, chat_template_kwargs: { enable_thinking: false } },
      play: { history: 2, retry: 'reason' },
    });
  });

  it.each([
    [`${URL}temprature: 0`, 'did you mean temperature?'],
    [`${URL}answers: json`, 'one of schema, text'],
    [`${URL}pictures: { scale: 1.5 }`, 'pictures.scale'],
    [`${URL}timeout_s: 301`, 'at most 300'],
    [`${URL}prices: { prompt: 1 }`, 'prices.answer: this field is missing'],
    ['model: tiny', 'base_url: this field is missing'],
  ])('%j is refused', (text, message) => {
    const { code, message: told } = errorOf(text);
    expect(code).toBe('config');
    expect(told).toContain(message);
  });

  it.each([`${URL}key: ${SECRET}`, `${URL}api_key: ${SECRET}`, `${URL}key: [${SECRET}]`])(
    'a key that stands in it by mistake is in no error',
    (text) => {
      expect(errorOf(text).message).not.toContain(SECRET);
    },
  );

  it('every shipped one can be read', () => {
    expect(endpointNames()).toEqual(['llama-server', 'lm-studio', 'ollama', 'serve-model', 'vllm']);
    for (const name of endpointNames())
      expect(loadEndpoint(`${name}:tiny`)).toMatchObject({ model: 'tiny', key: null });
  });
});

describe('a name', () => {
  it('is of a shipped endpoint or a file, with a model behind a colon', () => {
    expect(splitEndpoint('ollama:qwen2.5vl:7b')).toEqual({ place: 'ollama', model: 'qwen2.5vl:7b' });
    expect(splitEndpoint('./a:b/own.yaml:tiny:2')).toEqual({ place: './a:b/own.yaml', model: 'tiny:2' });
    expect(splitEndpoint('vllm')).toEqual({ place: 'vllm', model: undefined });
    const file = join(folder, 'own.yaml');
    writeFileSync(file, `${URL}model: tiny\n`);
    expect(loadEndpoint(file).model).toBe('tiny');
    expect(loadEndpoint(`${file}:other`).model).toBe('other');
    writeFileSync(file, `${URL}model: tiny\nplay: { hold: 4 }\n`);
    expect(endpointKind.play?.(file)).toEqual({ hold: 4 });
    expect(openaiKind.play?.('gpt-x')).toEqual({});
  });

  it.each([
    ['vlm', 'did you mean vllm?'],
    ['vllm', 'names no model'],
    ['no/such.yaml', 'cannot be read'],
  ])('%s is wrong usage', (given, message) => {
    expect(() => loadEndpoint(given)).toThrow(message);
  });

  it('of a file is not used where a stranger wrote it', () => {
    expect(isShippedPolicy('endpoint:vllm:tiny')).toBe(true);
    expect(isShippedPolicy(`endpoint:${join(folder, 'own.yaml')}`)).toBe(false);
    expect(isShippedPolicy('endpoint:../endpoints/vllm.yaml')).toBe(false);
  });
});

describe('the key', () => {
  const endpoint = { ...loadEndpoint('vllm:tiny'), key: 'MY_KEY' };

  it('comes out of the environment', () => {
    expect(serviceSettings(endpoint, 'endpoint:vllm', { MY_KEY: SECRET }).apiKey).toBe(SECRET);
    expect(() => serviceSettings(endpoint, 'endpoint:vllm', {})).toThrow('is not in the environment');
    expect(() => serviceSettings({ ...endpoint, baseUrl: 'http://a/?key=b' }, 'x', { MY_KEY: 'c' })).toThrow(
      'HOST/PATH',
    );
    expect(() => serviceSettings(endpoint, 'endpoint:vllm', { MY_KEY: '' })).toThrow('is not in the environment');
  });
});
