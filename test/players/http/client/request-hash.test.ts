/** The name of a request: what decides an answer changes it, and nothing else. */
import { describe, expect, it } from 'vitest';
import { requestHash } from '../../../../src/players/http/client/request-hash.js';
import { ServiceClient } from '../../../../src/players/http/client/service-client.js';
import { question, sendJson, settingsFor, startService, WELL } from '../support/services.js';

const settings = settingsFor('http://127.0.0.1:1/v1', { answers: 'schema' });
const asked = question();
const hash = requestHash(settings, asked);
const messages = (text: string, png: number[]) => [
  {
    role: 'user' as const,
    content: [
      { type: 'text' as const, text },
      { type: 'image' as const, png: new Uint8Array(png) },
    ],
  },
];

describe('the hash of a request', () => {
  it('is a SHA-256, the same each time, and the one in the reply', async () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(requestHash({ ...settings }, question())).toBe(hash);
    await using service = await startService((response) => sendJson(response, WELL.openai('left')));
    const own = settingsFor(service.url);
    const reply = await new ServiceClient(own).ask(asked);
    expect(reply.service.request).toBe(requestHash(own, asked));
  });

  it('does not know of keys, limits and patience', () => {
    const other = { apiKey: 'sk-another', timeoutMs: 1, tries: 9, requestsAtOnce: 1, requestsPerMinute: 3 };
    expect(requestHash({ ...settings, ...other }, asked)).toBe(hash);
    expect(requestHash({ ...settings, baseUrl: `${settings.baseUrl}/` }, asked)).toBe(hash);
  });

  it('differs with everything else', () => {
    const others = [
      ...[
        { provider: 'openai' as const },
        { model: 'tiny' },
        { baseUrl: 'http://127.0.0.1:2/v1' },
        { answers: 'text' as const },
        { temperature: 0 },
        { temperature: 1 },
        { seed: 0 },
        { reasoningEffort: 'low' },
        { maxAnswerTokens: 65 },
        { extra: { top_k: 1 } },
      ].map((other) => requestHash({ ...settings, ...other }, asked)),
      ...[
        { system: 'You play well.' },
        { sample: 1 },
        { schema: { type: 'object' } },
        { messages: messages('What?', [1, 2]) },
        { messages: messages('What?', [1, 3]) },
        { messages: messages('What', [1, 2]) },
        { messages: [...asked.messages, ...asked.messages] },
      ].map((other) => requestHash(settings, { ...asked, ...other })),
    ];
    expect(new Set([hash, ...others]).size).toBe(others.length + 1);
  });
});
