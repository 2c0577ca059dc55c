/** The loopback, where pages are served. */
import { type ServerType, serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { AgentError, inWords } from '../core/index.js';

/** @param port 0 takes any that is free. Rejects with `connection` where it is taken. */
export function listen(app: Hono, port: number): Promise<ServerType> {
  return new Promise((done, failed) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => done(server));
    server.on('error', (cause: NodeJS.ErrnoException) => {
      failed(
        new AgentError('connection', 'the page cannot be served', {
          expected: 'a free port',
          got: cause.code ?? inWords(cause),
          where: `127.0.0.1:${port}`,
          next: 'take another --port, or leave it out',
          cause,
        }),
      );
    });
  });
}
