/** A question as each provider is asked it, and its answer. */
import { describe, expect, it } from 'vitest';
import { ServiceClient } from '../../../../src/players/http/client/service-client.js';
import { PROVIDERS, type ServiceSettings } from '../../../../src/players/http/client/service-settings.js';
import { KEY, question, sendJson, settingsFor, startService, WELL } from '../support/services.js';

/** The body of the one request that a question becomes. */
async function sent(settings: Partial<ServiceSettings>, sample = 0) {
  const { provider = 'openai-compatible' } = settings;
  await using service = await startService((response) => sendJson(response, WELL[provider]('left')));
  await new ServiceClient(settingsFor(service.url, settings)).ask({ ...question(), sample });
  return service.bodies[0] as Record<string, unknown>;
}

describe.each(PROVIDERS)('%s', (provider) => {
  it.each(['schema', 'text'] as const)('answers by %s', async (answers) => {
    await using service = await startService((response) => sendJson(response, WELL[provider]('left')));
    const client = new ServiceClient(settingsFor(service.url, { provider, answers }));
    const reply = await client.ask(question());
    expect(reply).toMatchObject({
      kind: 'text',
      raw: 'left',
      usage: { promptTokens: 120, answerTokens: 7 },
      service: {
        finish: expect.stringMatching(/stop|end_turn/i),
        isCached: false,
        requests: 1,
        cost: null,
        failed: [],
      },
    });
    expect(reply.service.latencyMs).toBeGreaterThan(0);
    const asked = JSON.stringify(service.bodies);
    expect(JSON.stringify(service.headers)).toContain(KEY);
    expect(asked).not.toContain(KEY);
    expect(asked).toContain('You play.');
    expect(asked).toContain('iVBORw0KGgo');
    expect(asked.includes('additionalProperties') || asked.includes('"enum"')).toBe(answers === 'schema');
  });

  it('says which model answered', async () => {
    await using service = await startService((response) => sendJson(response, WELL[provider]('left')));
    const reply = await new ServiceClient(settingsFor(service.url, { provider })).ask(question());
    expect(reply.service.model).toBe('tiny-vlm-2');
  });
});

describe('settings in the body', () => {
  it('temperature, tokens and the seed of a sample', async () => {
    const body = await sent({ temperature: 0.5, seed: 40, maxAnswerTokens: 9 }, 2);
    expect(body).toMatchObject({ temperature: 0.5, seed: 42, max_tokens: 9 });
    expect(await sent({ provider: 'openai', seed: 40 }, 1)).toMatchObject({ seed: 41 });
  });

  it('how hard to think, in the words of each', async () => {
    const reasoningEffort = 'low';
    expect(await sent({ reasoningEffort })).toMatchObject({ reasoning_effort: 'low' });
    expect(await sent({ provider: 'openai', model: 'o3', reasoningEffort })).toMatchObject({ reasoning_effort: 'low' });
    expect(await sent({ provider: 'anthropic', reasoningEffort })).toMatchObject({ output_config: { effort: 'low' } });
    expect(await sent({ provider: 'google', reasoningEffort })).toMatchObject({
      generationConfig: { thinkingConfig: { thinkingLevel: 'low' } },
    });
  });

  it('a schema is sent strictly, and more fields as they are', async () => {
    const body = await sent({
      answers: 'schema',
      extra: { top_k: 1, chat_template_kwargs: { enable_thinking: false } },
    });
    expect(body).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { strict: true, schema: question().schema } },
      top_k: 1,
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  it.each(['anthropic', 'google'] as const)('an effort that %s does not have is not asked for', async (provider) => {
    await using service = await startService((response) => sendJson(response, WELL[provider]('left')));
    const settings = settingsFor(service.url, { provider, reasoningEffort: 'enormous' });
    const reply = await new ServiceClient(settings).ask(question());
    expect(reply).toMatchObject({ kind: 'failure', error: { code: 'policy_failure' } });
    expect(reply.service.failed).toMatchObject([{ outcome: 'denied' }]);
    expect(JSON.stringify(reply)).toContain('the request cannot be made');
    expect(service.bodies).toEqual([]);
  });

  it('what a model cannot take is told once', async () => {
    await using service = await startService((response) => sendJson(response, WELL.openai('left')));
    const warnings: string[] = [];
    const settings = settingsFor(service.url, { provider: 'openai', model: 'o3', temperature: 0 });
    const client = new ServiceClient(settings, { onWarning: (sentence) => warnings.push(sentence) });
    await client.ask(question());
    await client.ask(question());
    expect(warnings).toEqual([expect.stringContaining('temperature')]);
  });
});
