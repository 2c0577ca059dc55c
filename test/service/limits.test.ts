/** What a service refuses, and that nothing sent to it ends it. */
import { connect, type Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/core/index.js';
import { serveModel } from '../../src/service/index.js';
import { eventually } from '../cli/agent-command.js';
import { dataUrl, KEY, noise, question, type Served, serveTiny } from './support/served.js';

let served: Served;
beforeAll(async () => {
  served = await serveTiny({ bodyBytes: 200_000, maxPictures: 2, maxPixels: 10_000, maxWaiting: 3, maxBatch: 1 });
});
afterAll(() => served[Symbol.asyncDispose]());

interface ErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly param: unknown; readonly code: unknown };
}

/** Sends a body that must be refused in OpenAI's form. */
async function refused(body: unknown, headers?: Record<string, string>) {
  const response = await served.post(body, headers);
  const { error } = (await response.json()) as ErrorBody;
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(error.message).not.toMatch(/\n\s+at |node_modules|\.ts:/);
  return { status: response.status, headers: response.headers, ...error };
}

function picture(url: string) {
  return {
    model: 'tiny',
    max_tokens: 1,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url } },
          { type: 'text', text: 'go' },
        ],
      },
    ],
  };
}

/** A PNG of a few kilobytes that says it has this many pixels a side, with an empty picture of half of them in it. */
function bomb(side: number): string {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0], 8);
  const pixels = deflateSync(Buffer.alloc(Math.min(side * (side + 1), 20_000_000)), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))];
  return `data:image/png;base64,${Buffer.concat(parts).toString('base64')}`;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('what is refused', { timeout: 120_000 }, () => {
  it('a key that is missing or wrong, everywhere but for the health', async () => {
    const root = served.service.url.replace('/v1', '');
    expect((await fetch(`${root}/health`)).status).toBe(200);
    for (const path of ['/v1/models', '/metrics', '/v1/chat/completions', '/nothing']) {
      expect((await fetch(root + path)).status).toBe(401);
    }
    const wrong = await refused(await question('go', 1), { authorization: `Bearer ${KEY}x` });
    expect(wrong).toMatchObject({ status: 401, type: 'authentication_error', code: 'invalid_api_key' });
  });

  it('an address that other machines reach, without a key', async () => {
    const starting = serveModel(served.model, { name: 'tiny', fingerprint: 'fp', port: 0, host: '0.0.0.0' });
    await expect(starting).rejects.toMatchObject({ code: 'usage' });
  });

  it('another model, an unknown address, a body that is too large or no JSON', async () => {
    const asked = await question('go', 1);
    expect(await refused({ ...asked, model: 'other' })).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(await refused({ ...asked, padding: 'x'.repeat(300_000) })).toMatchObject({ status: 413 });
    expect(await refused('{"model": ')).toMatchObject({ status: 400 });
    expect(await refused('{"__proto__": {"model": "tiny"}}')).toMatchObject({ status: 400 });
    expect(await refused('hello', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    const lost = await fetch(`${served.service.url}/embeddings`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(lost.status).toBe(404);
  });

  it.each([
    ['n', 2],
    ['top_p', 0.5],
    ['tools', [{ type: 'function' }]],
    ['temperature', -1],
    ['max_tokens', 0],
    ['top_logprobs', 21],
    ['messages', []],
    ['messages', [{ role: 'tool', content: 'x' }]],
    ['response_format', { type: 'json_object' }],
    ['guided_choice', []],
    ['guided_choice', ['a', 'a']],
  ])('%s: %j', async (field, value) => {
    expect(await refused({ ...(await question('go', 1)), [field]: value })).toMatchObject({ status: 400 });
  });

  it('a prompt beyond the context', async () => {
    const messages = [{ role: 'user', content: 'word '.repeat(10_000) }];
    const { status, message } = await refused({ model: 'tiny', messages });
    expect(status).toBe(400);
    expect(message).toMatch(/at most 4096 tokens/);
  });

  it('pictures from the network, too many, too large, torn or none', async () => {
    expect(await refused(picture('http://127.0.0.1/a.png'))).toMatchObject({ status: 400 });
    expect(await refused(picture('file:///etc/passwd'))).toMatchObject({ status: 400 });
    expect(await refused(picture('data:image/svg+xml;base64,PHN2Zy8+'))).toMatchObject({ status: 400 });
    expect(await refused(picture('data:image/png;base64,PHN2Zy8+'))).toMatchObject({ code: 'invalid_image' });
    expect(await refused(picture('data:image/png;base64,???'))).toMatchObject({ code: 'invalid_image' });
    const small = await dataUrl(noise(1));
    expect(await refused(picture(small.slice(0, -200)))).toMatchObject({ code: 'invalid_image' });
    const many = picture(small);
    const content = Array.from({ length: 3 }, () => ({ type: 'image_url', image_url: { url: small } }));
    expect(await refused({ ...many, messages: [{ role: 'user', content }] })).toMatchObject({ status: 400 });
    const large = await refused(picture(await dataUrl(noise(1, 101), 101)));
    expect(large).toMatchObject({ code: 'invalid_image' });
    expect(large.message).toMatch(/101 × 101/);
  });

  it('pictures that are long and thin, for which others would have to wait', async () => {
    const thin = (width: number, height: number) => {
      const frame = { dtype: 'uint8' as const, shape: [height, width, 3], data: new Uint8Array(height * width * 3) };
      return picture(`data:image/png;base64,${encodePng(frame).toString('base64')}`);
    };
    await using large = await serveTiny({ maxPixels: 1e6 });
    for (const [width, height] of [
      [1, 1e6],
      [1e6, 1],
    ] as const) {
      const response = await large.post(thin(width, height));
      expect(response.status).toBe(400);
      expect(((await response.json()) as ErrorBody).error.message).toMatch(/too long and thin/);
    }
    expect(large.failures).toEqual([]);
  });

  it('texts that cannot fit, unread', async () => {
    await using large = await serveTiny({ bodyBytes: 10 ** 7 });
    const response = await large.post({
      model: 'tiny',
      messages: [{ role: 'user', content: 'word '.repeat(10 ** 6) }],
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as ErrorBody).error.message).toMatch(/5000000 characters; at most 262144/);
  });

  it('more bodies at a time than it holds, until some of them are gone', async () => {
    await using other = await serveTiny({ bodyBytes: 200_000 });
    const { host, port } = new URL(other.service.url);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${KEY}\r\n`;
    const begun: Socket[] = [];
    for (let i = 0; i < 4; i++) {
      const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
      socket.write(`${head}Content-Type: application/json\r\nContent-Length: 200000\r\n\r\n{`);
      begun.push(socket);
    }
    const asked = { ...(await question('go', 1)), max_tokens: 1 };
    const full = await eventually('the bodies to be held', async () => {
      const response = await other.post(asked);
      const body = (await response.json()) as ErrorBody;
      return response.status === 429 ? { body, wait: response.headers.get('retry-after') } : undefined;
    });
    expect(full).toMatchObject({ body: { error: { code: 'queue_full' } }, wait: '1' });
    for (const socket of begun) socket.destroy();
    await eventually('a body to be read again', async () => ((await other.post(asked)).ok ? true : undefined));
  });

  it('a schema that is nested without an end, or is too large to be kept', async () => {
    const start = '{"model":"tiny","messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema",';
    const deep = `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`;
    const nested = await refused(`${start}"json_schema":{"schema":{"type":"object","properties":${deep}}}}}`);
    expect(nested).toMatchObject({ status: 400, code: 'schema', message: expect.stringContaining('too deeply') });
    await using large = await serveTiny({ bodyBytes: 10 ** 7 });
    const schema = { type: 'string', enum: ['a', 'b'], description: 'x'.repeat(2 * 10 ** 6) };
    const format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    const response = await large.post({ ...(await question('go', 1)), response_format: format });
    expect(response.status).toBe(400);
  });

  it('a field of several forms, with what is wrong inside it', async () => {
    const asked = await question('go', 1);
    const content = [{ type: 'text', text: 5 }];
    const inside = await refused({ ...asked, messages: [{ role: 'user', content }] });
    expect(inside).toMatchObject({ status: 400, param: 'messages.0.content.0.text' });
    const stops = await refused({ ...asked, stop: Array(17).fill('a') });
    expect(stops).toMatchObject({ status: 400, param: 'stop', message: expect.stringContaining('16') });
    const choices = await refused({ ...asked, guided_choice: Array.from({ length: 257 }, (_, i) => `${i}`) });
    expect(choices).toMatchObject({ status: 400, param: 'guided_choice' });
  });

  it('what is refused before it is a request, in the same form, and all of it is counted', async () => {
    const long = await refused('{}', { 'x-long': 'x'.repeat(20_000) });
    expect(long.status).toBe(431);
    const odd = await fetch(`${served.service.url}/models/%zz`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(odd.status).toBe(400);
    expect(Object.keys(((await odd.json()) as ErrorBody).error).sort()).toEqual(['code', 'message', 'param', 'type']);
    await using other = await serveTiny();
    await (await other.post('{"model": ')).text();
    await (await other.post('{}', { authorization: 'Bearer no' })).text();
    await (await other.post('x', { 'content-type': 'text/plain' })).text();
    const root = other.service.url.replace('/v1', '');
    const metrics = await (await fetch(`${root}/metrics`, { headers: { authorization: `Bearer ${KEY}` } })).text();
    for (const status of [400, 401, 415]) {
      expect(metrics).toContain(`agent_service_requests_total{status="${status}"} 1`);
    }
  });

  it('decompression bombs, before they are decoded', async () => {
    const before = process.memoryUsage().rss;
    expect((await refused(picture(bomb(4000)))).message).toMatch(/4000 × 4000/);
    expect((await refused(picture(bomb(60_000)))).code).toBe('invalid_image');
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  it('a request more than may wait, which is told when to come again', async () => {
    const asked = { ...(await question('go', 1)), max_tokens: 100 };
    const responses = await Promise.all(Array.from({ length: 8 }, () => served.post(asked)));
    const full = responses.filter(({ status }) => status === 429);
    expect(full.length).toBeGreaterThan(0);
    expect(full.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect(responses.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4);
    await Promise.all(responses.map((response) => response.text()));
  });

  it('whatever is no request, without failing', async () => {
    const asked = { ...(await question('go', 1)), max_tokens: 1 } as Record<string, unknown>;
    const fields = [...Object.keys(asked), 'stop', 'seed', 'stream', 'response_format', 'logprobs', 'stream_options'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 3 }), async (field, value) => {
        const response = await served.post({ ...asked, [field]: value });
        await response.text();
        expect([200, 400, 404]).toContain(response.status);
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(served.failures).toEqual([]);
  });
});

describe('a client that leaves', { timeout: 120_000 }, () => {
  it('ends what is written for it, and the next is answered', async () => {
    const controller = new AbortController();
    const long = { ...(await question('go', 1)), max_tokens: 4000, stream: true as const };
    const stream = await served.client.chat.completions.create(long, { signal: controller.signal });
    for await (const _ of stream) break;
    controller.abort();
    // One request at a time goes through this model: with 4000 tokens to write, this one would wait for them all.
    const next = await served.client.chat.completions.create({ ...(await question('go', 2)), max_tokens: 1 });
    expect(next.usage?.completion_tokens).toBeLessThanOrEqual(1);
    const root = served.service.url.replace('/v1', '');
    const metrics = await (await fetch(`${root}/metrics`, { headers: { authorization: `Bearer ${KEY}` } })).text();
    expect(metrics).toMatch(/agent_service_requests_total\{status="499"\} 1/);
  });
});

describe('the end of a service', () => {
  it('answers what was asked, and then takes nothing more', async () => {
    await using other = await serveTiny();
    const asking = other.client.chat.completions.create({ ...(await question('go', 1)), max_tokens: 50 });
    while (!(await isBusy(other))) await new Promise((done) => setTimeout(done, 5));
    await other.service.close();
    expect((await asking).choices).toHaveLength(1);
    await expect(other.client.models.list()).rejects.toThrow();
  });
});

async function isBusy({ service }: Served): Promise<boolean> {
  const root = service.url.replace('/v1', '');
  const metrics = await (await fetch(`${root}/metrics`, { headers: { authorization: `Bearer ${KEY}` } })).text();
  return /agent_service_batch_size_count [1-9]/.test(metrics);
}
