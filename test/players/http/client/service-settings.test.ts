/** Settings that cannot be sent are refused before anything is asked, and no key is shown. */
import { describe, expect, it } from 'vitest';
import { isAgentError } from '../../../../src/core/errors.js';
import { ServiceClient } from '../../../../src/players/http/client/service-client.js';
import type { ServiceSettings } from '../../../../src/players/http/client/service-settings.js';
import { settingsFor } from '../support/services.js';

const good = settingsFor('http://127.0.0.1:1/v1');
const { apiKey: _, ...keyless } = good;
const { baseUrl: __, ...homeless } = good;

function refusal(settings: ServiceSettings): string {
  try {
    new ServiceClient(settings);
  } catch (error) {
    if (isAgentError(error, 'usage')) return error.message;
    throw error;
  }
  return '';
}

describe('settings', () => {
  it('that can be sent', () => {
    expect(refusal(good)).toBe('');
    expect(refusal(keyless)).toBe('');
    expect(refusal({ ...homeless, provider: 'openai' })).toBe('');
  });

  it.each<[string, ServiceSettings, string]>([
    ['no address', homeless, 'needs its address'],
    ['an address that is none', { ...good, baseUrl: 'localhost:8000' }, 'http(s)://HOST/PATH'],
    ['an address with a password', { ...good, baseUrl: 'http://me:hunter2@host/v1' }, 'without user'],
    ['an address with a key', { ...good, baseUrl: 'http://host/v1?key=hunter2' }, 'without user'],
    ['a file', { ...good, baseUrl: 'file:///hunter2' }, 'http(s)://HOST/PATH'],
    ['a hosted model without a key', { ...keyless, provider: 'anthropic' }, 'asks for a key'],
    ['an empty key', { ...good, apiKey: '' }, 'an empty one'],
    ['a key with a line break', { ...good, apiKey: 'hunter2\n' }, 'a line break'],
    ['a key in Greek', { ...good, apiKey: 'hunter2κ' }, 'beyond ASCII'],
    ['a seed for Anthropic', { ...good, provider: 'anthropic', seed: 1 }, 'no seed'],
    ['more fields for OpenAI', { ...good, provider: 'openai', extra: { top_k: 1 } }, 'no extra fields'],
    ['six minutes', { ...good, timeoutMs: 360_000 }, '300 seconds'],
    ['no time', { ...good, timeoutMs: 0 }, '300 seconds'],
    ['no try', { ...good, tries: 0 }, 'a whole number from 1'],
    ['half a request', { ...good, requestsAtOnce: 0.5 }, 'a whole number from 1'],
    ['no request a minute', { ...good, requestsPerMinute: 0 }, 'above 0'],
  ])('%s', (_name, settings, says) => {
    const message = refusal(settings);
    expect(message).toContain(says);
    expect(message).not.toContain('hunter2');
  });
});
