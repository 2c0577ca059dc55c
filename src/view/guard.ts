/**
 * Who is answered: the person who was given the link, and nobody else. Everything lies below a secret folder of the
 * address; a request that names another host (a foreign name that was made to point here) or comes from another page is
 * refused before anything is looked up.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** Names under which a browser on this machine reaches a server on the loopback. */
const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** @param port told when the server listens */
export function guard(token: string, port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    const hosts = NAMES.map((name) => `${name}:${port()}`);
    const host = req.header('host') ?? '';
    const origin = req.header('origin');
    const site = req.header('sec-fetch-site');
    const isOwn =
      hosts.includes(host) &&
      (origin === undefined || origin === `http://${host}`) &&
      (site === undefined || site === 'same-origin' || site === 'none') &&
      (req.method === 'GET' || (req.method === 'POST' && isJson(req.header('content-type'))));
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    if (!isOwn) return context.text('refused\n', 403);
    if (!isSame(req.path.split('/')[1] ?? '', token)) return context.text('not found\n', 404);
    return next();
  };
}

/** What a form of a foreign page cannot send. */
const isJson = (type: string | undefined): boolean => type?.split(';')[0]?.trim() === 'application/json';

/** In a time that does not tell how much of it was right. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
