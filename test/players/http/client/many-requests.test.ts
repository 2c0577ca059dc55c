/** Ten thousand requests, one in twenty of which fails: no decision is lost, none is given twice, memory stays flat. */
import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createRandom } from '../../../../src/core/random.js';
import { ServiceClient } from '../../../../src/players/http/client/service-client.js';
import { chat, KEY, question, sendJson, settingsFor, startService } from '../support/services.js';

const DECISIONS = 10_000;
const AT_ONCE = 32;
const FAULTS = 0.05;

/** What a fault does, and as what it is counted. Some come after the answer was worked out, or with half of it. */
const FAULT_KINDS = [
  { outcome: 'rate-limited', answer: (r) => sendJson(r, { error: KEY }, 429, { 'retry-after': '1' }) },
  { outcome: 'server-error', answer: (r) => sendJson(r, '<html>', 502) },
  { outcome: 'server-error', answer: (r) => sendJson(r, { error: { message: 'overloaded', code: 529 } }) },
  { outcome: 'connection', answer: (r) => void r.socket?.resetAndDestroy() },
  { outcome: 'connection', answer: (r, whole) => breakOff(r, whole) },
  { outcome: 'malformed', answer: (r, whole) => sendJson(r, whole.slice(0, -9)) },
  { outcome: 'malformed', answer: (r, whole) => sendJson(r, whole, 200, { 'content-type': 'text/html' }) },
] as const satisfies readonly { outcome: string; answer: (response: ServerResponse, whole: string) => void }[];

function breakOff(response: ServerResponse, whole: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': `${whole.length}` });
  response.write(whole.slice(0, 40), () => response.socket?.resetAndDestroy());
}

/** Bytes that are in use, after everything that is not was thrown away. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

const count = (counts: Map<number, number>, index: number) => counts.set(index, (counts.get(index) ?? 0) + 1);

it('lose and double no decision', { timeout: 300_000 }, async () => {
  const random = createRandom(26, 'faults');
  const faults = Array.from({ length: DECISIONS }, () => [] as string[]);
  const answered = new Map<number, number>();
  await using service = await startService(
    (response, body) => {
      const index = Number(/decision (\d+)/.exec(JSON.stringify(body))?.[1]);
      const whole = JSON.stringify(chat({ content: `answer ${index}` }));
      if (random.next() >= FAULTS) {
        count(answered, index);
        sendJson(response, whole);
        return;
      }
      const fault = random.pick(FAULT_KINDS);
      faults[index]?.push(fault.outcome);
      fault.answer(response, whole);
    },
    { isForgetful: true },
  );
  const settings = settingsFor(service.url, { tries: 8, requestsAtOnce: AT_ONCE, timeoutMs: 60_000 });
  let sent = 0;
  const client = new ServiceClient(settings, { sleep: async () => {}, onRequest: () => void sent++ });
  const { signal } = new AbortController();

  let next = 0;
  let requests = 0;
  const heaps: number[] = [];
  const got = new Map<number, number>();
  const worker = async (): Promise<void> => {
    while (next < DECISIONS) {
      const index = next++;
      const reply = await client.ask(question(`decision ${index}`), { signal });
      if (reply.kind !== 'text' || reply.raw !== `answer ${index}`) throw new Error(JSON.stringify([index, reply]));
      count(got, index);
      requests += reply.service.requests;
      expect(reply.service.failed.map(({ outcome }) => outcome)).toEqual(faults[index]);
      if (index === 3000 || index === DECISIONS - 1) heaps.push(heapInUse());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  for (const counts of [got, answered]) {
    expect(counts.size).toBe(DECISIONS);
    expect(new Set(counts.values())).toEqual(new Set([1]));
  }
  const failed = faults.flat();
  expect(failed.length).toBeGreaterThan(DECISIONS * FAULTS * 0.8);
  expect(new Set(failed)).toEqual(new Set(FAULT_KINDS.map(({ outcome }) => outcome)));
  expect([requests, sent]).toEqual([DECISIONS + failed.length, DECISIONS + failed.length]);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const [early = 0, late = 0] = heaps;
  expect(late - early).toBeLessThan(4_000_000);
});
