/** Who is answered: the holder of the link, and nobody who only knows the port; and what a stranger's record can do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, type ViewServer } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { ATTACKS, HOSTILE_FOLDERS, writeHostileRuns } from '../report/support/hostile-run.js';
import { open, viewOf } from './support/opened-view.js';

let root: string;
let view: ViewServer;
let port: string;
let secret: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'view-security-'));
  await writeHostileRuns(join(root, 'runs'));
  view = await viewOf([join(root, 'runs')]);
  ({ port, pathname: secret } = new URL(view.url));
}, 60_000);
afterAll(async () => {
  await view?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A request with headers of one's own choice, which `fetch` would not send. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((done, failed) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

describe('the guard', () => {
  const own = (): string => `127.0.0.1:${port}`;

  it('answers the holder of the link, with a policy that lets no script in but its own', async () => {
    const { status, headers, text } = await ask(secret);
    expect(status).toBe(200);
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|style=/);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).toMatch(/script-src 'self'/);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect((await ask(`${secret}api/episodes`, { origin: `http://${own()}` })).status).toBe(200);
  });

  it.each([
    ['no secret', () => ['/', {}]],
    ['no secret before an address', () => ['/api/episodes', {}]],
    ['a wrong secret', () => [`/${'x'.repeat(32)}/api/episodes`, {}]],
    ['a part of the secret', () => [`${secret.slice(0, -2)}/api/episodes`, {}]],
    ['a foreign name that points here', () => [`${secret}api/episodes`, { host: `attacker.example:${port}` }]],
    [
      'a name that only begins like ours',
      () => [`${secret}api/episodes`, { host: `127.0.0.1.attacker.example:${port}` }],
    ],
    ['another port', () => [`${secret}api/episodes`, { host: '127.0.0.1:1' }]],
    ['a foreign page', () => [`${secret}api/episodes`, { origin: 'https://attacker.example' }]],
    ['a page without a name', () => [`${secret}api/episodes`, { origin: 'null' }]],
    ['a page of another port', () => [`${secret}api/episodes`, { origin: 'http://127.0.0.1:1' }]],
    ['a picture in a foreign page', () => [`${secret}api/episodes`, { 'sec-fetch-site': 'cross-site' }]],
    ['a page of the same site', () => [`${secret}api/episodes`, { 'sec-fetch-site': 'same-site' }]],
  ] as const)('does not answer %s', async (_, of) => {
    const [path, headers] = of() as [string, Record<string, string>];
    const { status, text } = await ask(path, headers);
    expect(status).toBeGreaterThanOrEqual(403);
    expect(text).toMatch(/^(refused|not found)\n$/);
  });

  it('takes no form of a foreign page, and no other method', async () => {
    const path = `${secret}api/episodes/0/ask`;
    expect((await ask(path, { 'content-type': 'text/plain' }, 'POST', '{}')).status).toBe(403);
    expect((await ask(path, { 'content-type': 'application/x-www-form-urlencoded' }, 'POST', 'a=b')).status).toBe(403);
    expect((await ask(secret, {}, 'PUT')).status).toBe(403);
    expect((await ask(secret, {}, 'OPTIONS')).status).toBe(403);
  });

  it('speaks to no socket', async () => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    await expect(ask(secret, headers)).rejects.toThrow(/hang up|ECONNRESET/);
  });

  it('opens nothing but episodes of its list', async () => {
    for (const id of ['..%2f..%2fetc%2fpasswd', idOf('/etc'), '%00', 'x'.repeat(5000)]) {
      const { status, text } = await ask(`${secret}api/episodes/${id}/series`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).not.toContain('root:');
    }
  });
});

describe.skipIf(chromiumPath === undefined)(browserTitle('in Chromium'), { timeout: 60_000 }, () => {
  let browser: Browser;
  let foreign: Server;
  beforeAll(async () => {
    browser = await launchChromium();
    foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>foreign</h1>'));
    await new Promise<void>((done) => foreign.listen(0, '127.0.0.1', done));
  });
  afterAll(async () => {
    await browser?.close();
    foreign?.close();
  });

  it('a foreign page that knows even the secret is answered nothing', async () => {
    const { port: other } = foreign.address() as AddressInfo;
    await using opened = await open(browser, `http://127.0.0.1:${other}/`);
    const got = await opened.page.evaluate(async (url) => {
      type Listen = { addEventListener(name: string, act: () => void): void };
      const {
        WebSocket: Socket,
        EventSource: Events,
        Image: Picture,
        document,
      } = globalThis as unknown as {
        WebSocket: new (url: string) => Listen;
        EventSource: new (url: string) => Listen;
        Image: new () => Listen & { src: string };
        document: { createElement(name: string): Listen & { src: string }; body: { append(it: unknown): void } };
      };
      const told = (it: Listen, good: string): Promise<boolean> =>
        new Promise((done) => {
          it.addEventListener(good, () => done(true));
          it.addEventListener('error', () => done(false));
        });
      const script = Object.assign(document.createElement('script'), { src: `${url}app.js` });
      const picture = Object.assign(new Picture(), { src: `${url}app.css` });
      document.body.append(script);
      return Promise.all([
        fetch(`${url}api/episodes`).then(
          () => true,
          () => false,
        ),
        fetch(`${url}api/episodes/0/ask`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        }).then(
          () => true,
          () => false,
        ),
        told(new Socket(url.replace('http', 'ws')), 'open'),
        told(new Events(`${url}api/here`), 'open'),
        told(script, 'load'),
        told(picture, 'load'),
      ]);
    }, view.url);
    expect(got).toEqual([false, false, false, false, false, false]);
  });

  it('a record by an attacker is shown as text, in the list and opened', async () => {
    const folder = HOSTILE_FOLDERS[1] as string;
    const episode = `${view.url}#/episodes/${idOf(join(root, 'runs', folder))}?at=2`;
    for (const address of [view.url, episode, `${view.url}#/?words=%3Cscript%3E`]) {
      await using opened = await open(browser, address);
      const { page, incidents } = opened;
      await page.getByText(ATTACKS[0], { exact: false }).first().waitFor({ state: 'attached' });
      expect(await page.evaluate(() => (globalThis as { attacked?: unknown }).attacked)).toBeUndefined();
      expect(await page.locator('iframe, base, form[action], meta[http-equiv], [onerror], [onload]').count()).toBe(0);
      expect(incidents).toEqual([]);
      expect(new URL(page.url()).origin).toBe(new URL(view.url).origin);
    }
  });
});
