/** Ways in which a body with status 200 is no answer in form, or is one in spite of how it is sent. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Misbehaviour } from './misbehaviour.js';
import { chat, KEY, sendJson } from './services.js';

const send = (response: ServerResponse, headers: Record<string, string>, body: string | Buffer) => {
  response.writeHead(200, headers);
  response.end(body);
};
export const JSON_TYPE = { 'content-type': 'application/json' };
/** An answer as it should be. */
export const GOOD = JSON.stringify(chat({ content: 'left' }));

const BOMB = gzipSync(Buffer.alloc(100_000_000));

export const MISBEHAVING_BODIES: readonly Misbehaviour[] = [
  {
    name: 'an HTML page',
    answer: (r) => send(r, { 'content-type': 'text/html' }, '<!doctype html><p>Sign in'),
    becomes: 'malformed',
    says: 'text/html',
  },
  {
    name: 'HTML that calls itself JSON',
    answer: (r) => send(r, JSON_TYPE, '<!doctype html><p>Sign in'),
    becomes: 'malformed',
    says: 'no JSON',
  },
  {
    name: 'JSON that calls itself a picture',
    answer: (r) => send(r, { 'content-type': 'image/png' }, GOOD),
    becomes: 'malformed',
  },
  {
    name: 'JSON that calls itself plain text',
    answer: (r) => send(r, { 'content-type': 'text/plain; charset=utf-8' }, GOOD),
    becomes: { text: 'left' },
  },
  { name: 'JSON without a type', answer: (r) => send(r, {}, GOOD), becomes: { text: 'left' } },
  { name: 'lines of JSON', answer: (r) => send(r, JSON_TYPE, `${GOOD}\n${GOOD}\n`), becomes: 'malformed' },
  {
    name: 'NDJSON',
    answer: (r) => send(r, { 'content-type': 'application/x-ndjson' }, `${GOOD}\n`),
    becomes: 'malformed',
  },
  {
    name: 'a stream of events',
    answer: (r) => send(r, { 'content-type': 'text/event-stream' }, `data: ${GOOD}\n\n`),
    becomes: 'malformed',
  },
  { name: 'an empty body', answer: (r) => send(r, JSON_TYPE, ''), becomes: 'malformed', says: 'an empty body' },
  { name: 'status 204', answer: (r) => void r.writeHead(204).end(), becomes: 'malformed' },
  {
    name: 'half an answer',
    answer: (r) => send(r, JSON_TYPE, GOOD.slice(0, -20)),
    becomes: 'malformed',
    says: 'no JSON',
  },
  {
    name: 'a body of 9 MB',
    answer: (r) => send(r, JSON_TYPE, JSON.stringify(chat({ content: 'x'.repeat(9_000_000) }))),
    becomes: 'malformed',
    says: '1048576',
  },
  {
    name: 'an error of 9 MB',
    answer: (r) => void r.writeHead(500).end('x'.repeat(9_000_000)),
    becomes: 'server-error',
    status: 500,
  },
  {
    name: '100 MB of zeros in 100 kB of gzip',
    answer: (r) => send(r, { ...JSON_TYPE, 'content-encoding': 'gzip' }, BOMB),
    becomes: 'malformed',
    says: '1048576',
  },
  {
    name: 'gzip that is none',
    answer: (r) => send(r, { ...JSON_TYPE, 'content-encoding': 'gzip' }, GOOD),
    becomes: 'malformed',
  },
  {
    name: 'brotli that is none',
    answer: (r) => send(r, { ...JSON_TYPE, 'content-encoding': 'br' }, GOOD),
    becomes: 'malformed',
  },
  {
    name: 'half a gzip',
    answer: (r) => send(r, { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync(GOOD).subarray(0, 60)),
    becomes: 'malformed',
  },
  {
    name: 'an encoding that nobody knows',
    answer: (r) => send(r, { ...JSON_TYPE, 'content-encoding': 'zip9' }, GOOD),
    becomes: { text: 'left' },
  },
  { name: 'an array', answer: (r) => send(r, JSON_TYPE, `[${GOOD}]`), becomes: 'malformed', says: 'no object' },
  { name: 'null', answer: (r) => send(r, JSON_TYPE, 'null'), becomes: 'malformed' },
  { name: 'NaN in JSON', answer: (r) => send(r, JSON_TYPE, GOOD.replace('120', 'NaN')), becomes: 'malformed' },
  {
    name: 'JSON 100 000 deep',
    answer: (r) => send(r, JSON_TYPE, `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
    becomes: 'malformed',
  },
  { name: 'a byte order mark', answer: (r) => send(r, JSON_TYPE, `\u{feff}${GOOD}`), becomes: { text: 'left' } },
  {
    name: 'bytes that are no UTF-8',
    answer: (r) =>
      send(
        r,
        JSON_TYPE,
        Buffer.concat([
          Buffer.from(GOOD.split('left')[0] as string),
          Buffer.from([0xff, 0xc3]),
          Buffer.from(GOOD.split('left')[1] as string),
        ]),
      ),
    becomes: { text: '\u{fffd}\u{fffd}' },
  },
  {
    name: 'status 200 with an error',
    answer: (r) => sendJson(r, { error: { message: `upstream ${KEY}`, code: 429 } }),
    becomes: 'rate-limited',
    status: 200,
    says: 'upstream [key]',
  },
  {
    name: 'an answer and an error',
    answer: (r) => sendJson(r, chat({ content: 'left' }, {}, { error: { message: 'died' } })),
    becomes: 'server-error',
    says: 'died',
  },
  {
    name: 'a header of 100 kB',
    answer: (r) => send(r, { ...JSON_TYPE, 'x-much': 'x'.repeat(100_000) }, GOOD),
    becomes: 'malformed',
  },
];
