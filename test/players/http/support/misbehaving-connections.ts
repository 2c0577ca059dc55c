/** Ways in which an answer comes too late, too slowly, or not to its end. */
import type { ServerResponse } from 'node:http';
import { GOOD, JSON_TYPE } from './misbehaving-bodies.js';
import type { Misbehaviour } from './misbehaviour.js';

export const MISBEHAVING_TIMES: readonly Misbehaviour[] = [
  { name: 'no answer at all', answer: () => {}, becomes: 'timeout', timeoutMs: 150 },
  {
    name: 'a head and no body',
    answer: (r) => r.writeHead(200, JSON_TYPE).flushHeaders(),
    becomes: 'timeout',
    timeoutMs: 150,
  },
  {
    name: 'half a body, then nothing',
    answer: (r) => void r.writeHead(200, JSON_TYPE).write(GOOD.slice(0, 50)),
    becomes: 'timeout',
    timeoutMs: 150,
  },
  { name: 'a byte now and then', answer: (r) => drip(r, 100), becomes: 'timeout', timeoutMs: 250 },
  { name: 'slow bytes that arrive in time', answer: (r) => drip(r, 1), becomes: { text: 'left' } },
];

/** Writes a good answer in pieces of ten bytes. */
function drip(response: ServerResponse, everyMs: number): void {
  response.writeHead(200, JSON_TYPE);
  let at = 0;
  const timer = setInterval(() => {
    response.write(GOOD.slice(at, at + 10));
    at += 10;
    if (at >= GOOD.length) response.end();
    if (at >= GOOD.length || response.destroyed) clearInterval(timer);
  }, everyMs);
}

export const MISBEHAVING_CONNECTIONS: readonly Misbehaviour[] = [
  {
    name: 'a connection reset before the answer',
    answer: (r) => void r.socket?.resetAndDestroy(),
    becomes: 'connection',
  },
  { name: 'a connection closed before the answer', answer: (r) => void r.socket?.end(), becomes: 'connection' },
  {
    name: 'a connection reset in mid-answer',
    answer: (r) => void r.writeHead(200, JSON_TYPE).write(GOOD.slice(0, 50), () => r.socket?.resetAndDestroy()),
    becomes: 'connection',
  },
  {
    name: 'a connection reset in an error',
    answer: (r) => void r.writeHead(429).write('{"err', () => r.socket?.resetAndDestroy()),
    becomes: 'rate-limited',
    status: 429,
  },
  {
    name: 'an answer shorter than it says',
    answer: (r) => {
      r.writeHead(200, { ...JSON_TYPE, 'content-length': '900' }).write(GOOD.slice(0, 50), () => r.socket?.end());
    },
    becomes: 'connection',
  },
  {
    name: 'chunks without an end',
    answer: (r) => void r.writeHead(200, JSON_TYPE).write(GOOD, () => r.socket?.end()),
    becomes: 'connection',
  },
];
