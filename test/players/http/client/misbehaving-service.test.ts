/** A service that misbehaves: each way has its name, takes no more requests than it may, and shows no key. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SERVICE_FAILURES, UNUSABLE_ANSWERS } from '../../../../src/agent/policy.js';
import { toErrorEnvelope } from '../../../../src/core/errors.js';
import { ServiceClient } from '../../../../src/players/http/client/service-client.js';
import type { ServiceReply } from '../../../../src/players/http/client/service-question.js';
import { MISBEHAVING_ANSWERS } from '../support/misbehaving-answers.js';
import { GOOD, JSON_TYPE, MISBEHAVING_BODIES } from '../support/misbehaving-bodies.js';
import { MISBEHAVING_CONNECTIONS, MISBEHAVING_TIMES } from '../support/misbehaving-connections.js';
import { MISBEHAVING_STATUSES } from '../support/misbehaving-statuses.js';
import type { Misbehaviour } from '../support/misbehaviour.js';
import { startRawService } from '../support/raw-services.js';
import { KEY, question, sendJson, settingsFor, startService, WELL } from '../support/services.js';

const TRIES = 3;
const all = [
  ...MISBEHAVING_STATUSES,
  ...MISBEHAVING_BODIES,
  ...MISBEHAVING_TIMES,
  ...MISBEHAVING_CONNECTIONS,
  ...MISBEHAVING_ANSWERS,
];

/** All that a log or a file could show of a reply. */
function visible(reply: ServiceReply): string {
  const error = reply.kind === 'failure' ? [toErrorEnvelope(reply.error), reply.error.stack] : [];
  return [JSON.stringify(reply), JSON.stringify(error), inspect(reply, { depth: null, showHidden: true })].join('\n');
}

function expectNoKey(reply: ServiceReply): void {
  const forms = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64').replace(/=+$/, '')];
  for (const form of forms) expect(visible(reply)).not.toContain(form);
}

const isFailure = (name: unknown) => SERVICE_FAILURES.some((it) => it === name);
const isUnusable = (name: unknown) => UNUSABLE_ANSWERS.some((it) => it === name);

function check(reply: ServiceReply, { becomes, status, says = '', reasoning, isUncounted }: Misbehaviour): void {
  if (isFailure(becomes)) {
    const requests = becomes === 'denied' ? 1 : TRIES;
    const failed = { outcome: becomes, ...(status === undefined ? {} : { status }) };
    expect(reply).toMatchObject({ kind: 'failure', service: { requests, failed: Array(requests).fill(failed) } });
    if (reply.kind !== 'failure') throw new Error('never here');
    expect(reply.error.code).toBe(becomes === 'denied' ? 'policy_failure' : 'service');
    expect(reply.error.message).toContain(says);
    expect(reply.error.details.next).toBeTruthy();
    expect(reply.error.message.length).toBeLessThan(900);
    return;
  }
  if (isUnusable(becomes)) expect(reply).toMatchObject({ kind: 'unusable', outcome: becomes });
  else expect(reply).toMatchObject({ kind: 'text', raw: (becomes as { text: string }).text });
  if (reply.kind === 'unusable') expect(reply.raw).toContain(says);
  expect(reply.reasoning).toBe(reasoning);
  expect(reply.usage).toEqual(isUncounted ? undefined : expect.objectContaining({ promptTokens: 120 }));
  expect(reply.service).toMatchObject({ requests: 1, failed: [] });
}

describe('a service that misbehaves', () => {
  it('does so in more than thirty ways, and all names of the loop among them', () => {
    expect(all.length).toBeGreaterThan(90);
    const names = new Set(all.map(({ becomes }) => becomes));
    for (const name of [...SERVICE_FAILURES, ...UNUSABLE_ANSWERS]) expect(names).toContain(name);
  });

  it.each(all.map((way) => [`${way.provider ?? 'chat'}: ${way.name}`, way] as const))('%s', async (_, way) => {
    let isWell = false;
    const { provider = 'openai-compatible', timeoutMs = 20_000 } = way;
    await using service = await startService((response) =>
      isWell ? sendJson(response, WELL[provider]('right')) : way.answer(response),
    );
    const settings = settingsFor(service.url, { provider, timeoutMs, tries: TRIES });
    const client = new ServiceClient(settings, { sleep: async () => {} });
    const reply = await client.ask(question());
    check(reply, way);
    expect(service.bodies).toHaveLength(reply.service.requests);
    expectNoKey(reply);
    // The next question of the same client has its answer.
    isWell = true;
    if (way.timeoutMs === undefined) expect(await client.ask(question())).toMatchObject({ kind: 'text', raw: 'right' });
  });
});

it('a body that stands still is not waited for until the whole request is late', async () => {
  await using service = await startService((response) => {
    response.writeHead(200, JSON_TYPE).flushHeaders();
    setTimeout(() => response.write(GOOD.slice(0, 50)), 300);
  });
  const client = new ServiceClient(settingsFor(service.url, { tries: 1, timeoutMs: 300_000 }), { stallMs: 100 });
  const reply = await client.ask(question());
  expect(reply).toMatchObject({ kind: 'failure', service: { failed: [{ outcome: 'timeout', status: 200 }] } });
  expect(visible(reply)).toContain('stood still for 0.1 s');
});

describe('below HTTP', () => {
  const ask = (url: string) =>
    new ServiceClient(settingsFor(url, { tries: 2 }), { sleep: async () => {} }).ask(question());

  it('nobody listens', async () => {
    const service = await startService(() => {});
    await service[Symbol.asyncDispose]();
    const reply = await ask(service.url);
    expect(reply).toMatchObject({
      kind: 'failure',
      service: { requests: 2, failed: Array(2).fill({ outcome: 'connection' }) },
    });
    expect(visible(reply)).toContain('ECONNREFUSED');
    expectNoKey(reply);
    // Nobody was ever there: waiting for it to come back is no use.
    expect(reply).toMatchObject({ isUnreached: true, error: { code: 'service' } });
  });

  it('nobody listens any more', async () => {
    const service = await startService((response) => sendJson(response, WELL.openai('left')));
    const client = new ServiceClient(settingsFor(service.url, { tries: 2 }), { sleep: async () => {} });
    expect(await client.ask(question())).toMatchObject({ kind: 'text' });
    await service[Symbol.asyncDispose]();
    const reply = await client.ask(question());
    expect(reply).toMatchObject({ kind: 'failure', error: { code: 'service' } });
    expect(reply).not.toHaveProperty('isUnreached');
  });

  it('another protocol', async () => {
    await using service = await startRawService((socket) => socket.end('220 mail.example ESMTP\r\n'));
    const reply = await ask(service.url);
    expect(reply).toMatchObject({ kind: 'failure', service: { failed: Array(2).fill({ outcome: 'malformed' }) } });
  });

  it('TLS where there is none', async () => {
    await using service = await startRawService((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const reply = await ask(service.url.replace('http:', 'https:'));
    expect(reply).toMatchObject({ kind: 'failure', service: { failed: Array(2).fill({ outcome: 'connection' }) } });
  });

  it('a name that no one knows', async () => {
    const reply = await ask('http://no-such-host.invalid/v1');
    expect(reply).toMatchObject({ kind: 'failure', service: { failed: Array(2).fill({ outcome: 'connection' }) } });
  });
});
