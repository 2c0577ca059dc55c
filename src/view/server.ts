/** The view's server on the loopback. What it answers is described in docs/view.md. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { ZodError } from 'zod';
import { inWords, isAgentError } from '../core/index.js';
import type { Asker } from './asker.js';
import { episodeRoutes } from './episode-routes.js';
import { guard } from './guard.js';
import { listPage, listQuestion } from './list-page.js';
import { listen } from './listen.js';
import { OpenedEpisodes } from './opened-episodes.js';
import { PAGE_FILES, type PageFile, readPage } from './page-files.js';
import type { RunList } from './run-list.js';
import type { Seat } from './seat.js';
import { seatRoutes } from './seat-routes.js';
import { SharedEmulators } from './shared-emulators.js';
import { Watching } from './watching.js';

export interface ViewOptions {
  readonly list: RunList;
  /** 0 takes any that is free. */
  readonly port?: number;
  /** Where a person plays; nobody where left out. */
  readonly seat?: Seat;
  /** Who is asked about pictures; nobody where left out. */
  readonly asker?: Asker;
}

export interface ViewServer extends AsyncDisposable {
  /** With the secret that lets its owner in. `#…` behind it names what is shown. */
  readonly url: string;
  /** Pages that are open now. */
  readonly watching: Watching;
}

/** Rejects with `setup` where the page is not built, with `connection` where the port is taken. */
export async function startView(options: ViewOptions): Promise<ViewServer> {
  const { list, seat, asker } = options;
  const page = readPage();
  const token = randomBytes(24).toString('base64url');
  const emulators = new SharedEmulators();
  const opened = new OpenedEpisodes(emulators.makeEnv);
  const watching = new Watching();
  let port = 0;
  // Begun before anybody asks: a large folder takes a while to read. Who asks meanwhile is told the same.
  list.look().catch(() => {});
  const app = new Hono();
  app.use(guard(token, () => port));
  app.onError((error, context) => {
    if (error instanceof ZodError) return context.json({ error: { code: 'usage', message: 'no such request' } }, 400);
    const told = isAgentError(error) ? error.toEnvelope() : { code: 'internal', message: inWords(error) };
    return context.json({ error: told }, isAgentError(error, 'usage') ? 400 : 500);
  });
  const own = new Hono();
  // With the slash: all other addresses of the page are relative to it.
  app.get(`/${token}/`, (context) => context.html(page['index.html']));
  for (const [name, type] of Object.entries(PAGE_FILES)) {
    own.get(`/${name}`, (context) => context.body(page[name as PageFile], 200, { 'content-type': type }));
  }
  own.get('/api/episodes', async (context) => {
    const question = listQuestion.parse(context.req.query());
    return context.json(listPage(await list.look(), question, seat !== undefined));
  });
  own.route('/api/episodes/:id', episodeRoutes({ list, opened, watching, asker }));
  // The newest game that is being played.
  own.get('/api/live', async (context) => {
    const { rows } = await list.look();
    const live = rows.filter(({ isLive }) => isLive).sort((a, b) => (a.started < b.started ? 1 : -1));
    return context.json({ id: live[0]?.id ?? null });
  });
  // Open as long as a page is: who ends with the last page counts these.
  own.get('/api/here', (context) => watching.stream(context, () => null));
  if (seat) own.route('/api/seat', seatRoutes(seat, watching));
  app.route(`/${token}`, own);
  const server = await listen(app, options.port ?? 0);
  port = (server.address() as AddressInfo).port;
  // No socket is spoken to: what a page is told goes over plain answers, where the guard stands.
  server.on('upgrade', (_request, socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    watching,
    [Symbol.asyncDispose]: async () => {
      watching.end();
      await new Promise((done) => {
        server.close(done);
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      await opened[Symbol.asyncDispose]();
      await emulators[Symbol.asyncDispose]();
      await asker?.[Symbol.asyncDispose]();
    },
  };
}
