/** When a failed request is sent again, and when no more. */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/core/random.js';
import { backoff, retryAfter } from '../../../../src/players/http/client/retry-wait.js';
import { ServiceClient, type ServiceClientOptions } from '../../../../src/players/http/client/service-client.js';
import type { ServiceSettings } from '../../../../src/players/http/client/service-settings.js';
import { question, sendJson, settingsFor, startService, WELL } from '../support/services.js';

/** Asks a service that is busy for `failures` requests, with these headers, and well then. */
async function askBusy(
  failures: number,
  headers: Record<string, string>,
  settings: Partial<ServiceSettings> = {},
  options: ServiceClientOptions = {},
) {
  let left = failures;
  await using service = await startService((response) =>
    left-- > 0 ? sendJson(response, { error: 'busy' }, 429, headers) : sendJson(response, WELL.openai('left')),
  );
  const client = new ServiceClient(settingsFor(service.url, settings), { sleep: async () => {}, ...options });
  const reply = await client.ask(question());
  expect(service.bodies).toHaveLength(reply.service.requests);
  return { reply, waits: reply.service.failed.map(({ waitMs }) => waitMs) };
}

describe('what a service asks for', () => {
  it('seconds, milliseconds, a date', async () => {
    expect((await askBusy(2, { 'retry-after': '7' })).waits).toEqual([7000, 7000]);
    expect((await askBusy(1, { 'retry-after-ms': '250', 'retry-after': '7' })).waits).toEqual([250]);
    const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
    const until = (date: string) => retryAfter(new Headers({ 'retry-after': date }), now);
    expect(until('Wed, 21 Oct 2026 07:28:30 GMT')).toBe(30_000);
    expect(until('Wed, 21 Oct 2026 07:27:00 GMT')).toBe(0);
    const [wait] = (await askBusy(1, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() })).waits;
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  it.each(['soon', '-3', '', 'NaN', '1e999', '7;'])('%j is nothing', (text) => {
    expect(retryAfter(new Headers({ 'retry-after': text }))).toBeUndefined();
  });

  it('who asks for an hour is not asked again', async () => {
    const { reply, waits } = await askBusy(9, { 'retry-after': '3600' });
    expect(waits).toEqual([0]);
    expect(reply).toMatchObject({ kind: 'failure', service: { requests: 1 } });
  });

  it('one that is busy is left alone by all', async () => {
    const sleeps: number[] = [];
    let isBusy = true;
    await using service = await startService((response) => {
      if (isBusy) sendJson(response, {}, 429, { 'retry-after': '60' });
      else sendJson(response, WELL.openai('left'));
    });
    const client = new ServiceClient(settingsFor(service.url, { tries: 1 }), {
      sleep: async (milliseconds) => void sleeps.push(milliseconds),
    });
    const again = new ServiceClient(settingsFor(service.url, { tries: 2 }), {
      sleep: async (milliseconds) => {
        sleeps.push(milliseconds);
        isBusy = false;
      },
    });
    await client.ask(question());
    expect(sleeps).toEqual([]);
    await again.ask(question());
    await again.ask(question());
    // The wait itself, then what is left of it before each of the two requests that follow.
    expect(sleeps).toHaveLength(3);
    for (const wait of sleeps) expect(wait).toBeGreaterThan(30_000);
  });
});

describe('where it asks for nothing', () => {
  it('waits grow, up to half a minute, and differ', () => {
    const waits = (seed: number) => {
      const random = createRandom(seed, 'a');
      return [1, 2, 3, 4, 5, 6, 7, 8, 40].map((failures) => backoff(failures, random));
    };
    const most = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000];
    waits(1).forEach((wait, i) => {
      expect(wait).toBeLessThanOrEqual(most[i] as number);
      expect(wait).toBeGreaterThanOrEqual((most[i] as number) / 2);
    });
    expect(waits(1)).toEqual(waits(1));
    expect(waits(1)).not.toEqual(waits(2));
  });

  it('an answer after failures tells of them', async () => {
    const { reply } = await askBusy(2, {});
    expect(reply).toMatchObject({ kind: 'text', raw: 'left', service: { requests: 3 } });
    expect(reply.service.failed).toEqual(
      Array(2).fill({
        outcome: 'rate-limited',
        status: 429,
        latencyMs: expect.any(Number),
        waitMs: expect.any(Number),
      }),
    );
  });
});

describe('who watches', () => {
  it('is told of each request before it is sent, and of what each answer cost', async () => {
    let requests = 0;
    const costs: unknown[] = [];
    await askBusy(2, {}, {}, { onRequest: () => void requests++, onAnswer: (usage) => costs.push(usage) });
    expect(requests).toBe(3);
    expect(costs).toEqual([{ promptTokens: 120, answerTokens: 7 }]);
  });

  it('may end it: nothing is sent then', async () => {
    const over = new Error('the budget is used up');
    await using service = await startService((response) => sendJson(response, {}, 500));
    let left = 2;
    const client = new ServiceClient(settingsFor(service.url, { tries: 5 }), {
      sleep: async () => {},
      onRequest: () => {
        if (left-- === 0) throw over;
      },
    });
    await expect(client.ask(question())).rejects.toBe(over);
    expect(service.bodies).toHaveLength(2);
  });
});

describe('cancelling', () => {
  it.each(['a request', 'a wait', 'a queue'])('in %s', async (where) => {
    let isAsked = (): void => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    await using service = await startService((response) => {
      if (where === 'a wait') sendJson(response, {}, 429, { 'retry-after': '100' });
      isAsked();
    });
    const client = new ServiceClient(settingsFor(service.url, { requestsAtOnce: 1 }));
    const controller = new AbortController();
    const { signal } = controller;
    const asks = [client.ask(question(), { signal }), client.ask(question(), { signal })];
    await asked;
    controller.abort(new Error('the user left'));
    for (const ask of asks) await expect(ask).rejects.toMatchObject({ code: 'cancelled' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await expect(client.ask(question(), { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
