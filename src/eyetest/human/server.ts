/** The page on the loopback where a person takes the test; guarded as the page of `agent view` is. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { z } from 'zod';
import { AgentError, inWords, isAgentError } from '../../core/index.js';
import { guard } from '../../view/guard.js';
import { listen } from '../../view/listen.js';
import { readPageFiles } from '../../view/page-files.js';
import type { Sitting } from './sitting.js';

const FILES = {
  'eyes.html': 'text/html; charset=utf-8',
  'eyes.js': 'text/javascript; charset=utf-8',
  'eyes.css': 'text/css; charset=utf-8',
} as const;

/** So long a page may take to read the last answer before its connection is closed. */
const LAST_ANSWER_MS = 500;

const answerSchema = z.strictObject({
  test: z.string(),
  trial: z.int().nonnegative(),
  choice: z.int().nonnegative(),
});

export interface EyePage extends AsyncDisposable {
  /** With the secret that lets its owner in. */
  readonly url: string;
}

/** Rejects with `setup` where the page is not built. */
export async function startEyePage(sitting: Sitting): Promise<EyePage> {
  const page = readPageFiles(FILES);
  const token = randomBytes(24).toString('base64url');
  let port = 0;
  const app = new Hono();
  app.use(guard(token, () => port));
  app.onError((error, context) => {
    const told = isAgentError(error) ? error.toEnvelope() : { code: 'internal', message: inWords(error) };
    return context.json({ error: told }, isAgentError(error, 'usage') ? 400 : 500);
  });
  const own = new Hono();
  // With the slash: all other addresses of the page are relative to it.
  app.get(`/${token}/`, (context) => context.html(page['eyes.html']));
  for (const name of ['eyes.js', 'eyes.css'] as const) {
    own.get(`/${name}`, (context) => context.body(page[name], 200, { 'content-type': FILES[name] }));
  }
  own.get('/api/question', async (context) => context.json(await sitting.state()));
  own.get('/api/pictures/:test/:trial/:index', (context) => {
    const { test, trial, index } = context.req.param();
    const picture = sitting.picture(test, Number(trial), Number(index));
    if (picture === undefined) return context.notFound();
    return context.body(Uint8Array.from(picture), 200, { 'content-type': 'image/png' });
  });
  own.post('/api/answer', async (context) => {
    const given = answerSchema.safeParse(await context.req.json().catch(() => null));
    if (!given.success) throw new AgentError('usage', 'this is no answer', { got: 'something else' });
    await sitting.answer(given.data);
    return context.json(await sitting.state());
  });
  own.post('/api/stop', async (context) => {
    sitting.stop();
    return context.json(await sitting.state());
  });
  app.route(`/${token}`, own);
  const server = await listen(app, 0);
  port = (server.address() as AddressInfo).port;
  server.on('upgrade', (_request, socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((done) => server.close(done));
      await Promise.race([closed, sleep(LAST_ANSWER_MS)]);
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}
