/** The routes of the service, and what a request meets before its body is read. */
import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { keyCheck } from './access.js';
import { Bodies } from './bodies.js';
import type { Chat } from './chat.js';
import type { Usage } from './completion.js';
import type { Metrics } from './metrics.js';
import { asServiceError, ServiceError } from './service-error.js';

const CHAT = '/v1/chat/completions';
/** A body that takes longer to arrive has stalled. */
const REQUEST_MS = 60_000;

export interface HttpSettings {
  readonly name: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly key: string | undefined;
  readonly bodyBytes: number;
  readonly waiting: () => number;
  /** Told of what the service itself did wrong. */
  readonly onFailure: (error: unknown) => void;
}

/** A server that does not listen yet. `open` holds the requests that are being answered. */
export function httpServer(chat: Chat, metrics: Metrics, open: Set<AbortController>, settings: HttpSettings) {
  const { name, created, key, bodyBytes, waiting, onFailure } = settings;
  const app: FastifyInstance = fastify({
    bodyLimit: bodyBytes,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    frameworkErrors: (error, _, reply) => sendError(reply, error, onFailure),
    clientErrorHandler: refuseUnread,
  });
  // Only JSON is read: a page in a browser cannot send that here without asking first.
  app.removeContentTypeParser('text/plain');
  const check = keyCheck(key);
  const bodies = new Bodies(bodyBytes);
  app.addHook('onRequest', async ({ url, headers, routeOptions, raw }, reply) => {
    if (routeOptions.url === CHAT) countWhenOver(reply, metrics);
    if (url !== '/health') check(headers.authorization);
    if (routeOptions.url === CHAT) reply.raw.on('close', bodies.hold(raw));
  });
  app.setErrorHandler((error, _, reply) => sendError(reply, error, onFailure));
  app.setNotFoundHandler(({ method, url }, reply) => {
    const message = `there is no ${method} ${url.slice(0, 200)} here: docs/serve-model.md lists the addresses`;
    sendError(reply, new ServiceError(message, { status: 404, code: 'not_found' }), onFailure);
  });

  const model = { id: name, object: 'model', created, owned_by: 'vlm-game-agent' };
  app.get('/health', async () => ({ status: 'ok', model: name, waiting: waiting() }));
  app.get('/metrics', async (_, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  app.get('/v1/models', async () => ({ object: 'list', data: [model] }));
  app.get('/v1/models/:id', async ({ params }) => {
    if ((params as { id: string }).id === name) return model;
    throw new ServiceError(`this service has ${name}`, { status: 404, code: 'model_not_found', param: 'model' });
  });
  app.post(CHAT, async (request, reply) => {
    const leaving = watch(reply, open);
    const asked = await chat.read(request.body);
    if (asked.request.stream) return stream(reply, (send) => chat.stream(asked, leaving, send), settings, metrics);
    const { body, usage } = await chat.answer(asked, leaving);
    count(metrics, usage);
    return body;
  });
  return app;
}

/** A request that is refused, broken off or answered counts once, also where its body was never read. */
function countWhenOver({ raw }: FastifyReply, metrics: Metrics): void {
  const began = performance.now();
  raw.on('close', () => {
    metrics.requests.inc({ status: raw.writableEnded ? raw.statusCode : 499 });
    metrics.seconds.observe((performance.now() - began) / 1000);
  });
}

/** A signal that is aborted when the client leaves. */
function watch({ raw }: FastifyReply, open: Set<AbortController>): AbortSignal {
  const controller = new AbortController();
  open.add(controller);
  raw.on('close', () => {
    open.delete(controller);
    if (raw.writableEnded) return;
    controller.abort(new ServiceError('the client left', { status: 400, code: 'client_left' }));
  });
  return controller.signal;
}

/** What is no HTTP, or has a head that is too long or too slow. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const [status, reason] = UNREAD[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify(new ServiceError(reason.toLowerCase(), { status, code: 'invalid_request' }).toBody());
  const head = `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`);
}

const UNREAD: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

type Streaming = (send: (part: object) => void) => Promise<Usage>;

/** Server-sent events. What goes wrong before the first of them is an ordinary error. */
async function stream(reply: FastifyReply, run: Streaming, { onFailure }: HttpSettings, metrics: Metrics) {
  const { raw } = reply;
  const event = (data: string): void => {
    if (!raw.headersSent) {
      reply.hijack();
      raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    }
    raw.write(`data: ${data}\n\n`);
  };
  try {
    count(metrics, await run((part) => event(JSON.stringify(part))));
    event('[DONE]');
  } catch (error) {
    if (!raw.headersSent) throw error;
    if (isUnforeseen(error)) onFailure(error);
    event(JSON.stringify(asServiceError(error).toBody()));
  }
  raw.end();
}

function sendError(reply: FastifyReply, error: unknown, onFailure: (error: unknown) => void): void {
  const shown = asServiceError(error);
  if (isUnforeseen(error)) onFailure(error);
  const { status, retryAfter } = shown.fields;
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  reply.code(status).send(shown.toBody());
}

function isUnforeseen(error: unknown): boolean {
  return !(error instanceof ServiceError) && asServiceError(error).fields.status === 500;
}

function count(metrics: Metrics, usage: Usage): void {
  metrics.promptTokens.inc(usage.prompt_tokens);
  metrics.answerTokens.inc(usage.completion_tokens);
}
