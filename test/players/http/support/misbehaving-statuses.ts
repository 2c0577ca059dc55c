/** Ways in which a service says by its status that there is no answer. */
import type { ServiceFailure } from '../../../../src/agent/policy.js';
import type { Misbehaviour } from './misbehaviour.js';
import { KEY, sendJson } from './services.js';

const status = (code: number, becomes: ServiceFailure, body: unknown, headers = {}): Misbehaviour => ({
  name: `status ${code}${Object.keys(headers).map((name) => ` with ${name}`)}`,
  answer: (response) => sendJson(response, body, code, headers),
  becomes,
  status: code,
});

const error = (message: string) => ({ error: { message, type: 'error', code: null } });

export const MISBEHAVING_STATUSES: readonly Misbehaviour[] = [
  { ...status(429, 'rate-limited', error('slow down')), says: 'slow down' },
  status(429, 'rate-limited', error('slow down'), { 'retry-after': '7' }),
  { ...status(429, 'denied', { error: { message: 'pay', code: 'insufficient_quota' } }), name: 'a bill not paid' },
  status(408, 'server-error', error('request timeout')),
  status(500, 'server-error', error('out of memory')),
  status(502, 'server-error', '<html><body>Bad gateway</body></html>', { 'content-type': 'text/html' }),
  status(503, 'server-error', error('loading model'), { 'retry-after': '3' }),
  status(504, 'server-error', ''),
  {
    ...status(529, 'server-error', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    provider: 'anthropic',
  },
  { ...status(400, 'denied', error('pictures are not supported')), says: 'pictures are not supported' },
  { ...status(401, 'denied', error(`Incorrect API key provided: ${KEY}.`)), says: 'provided: [key].' },
  { ...status(403, 'denied', { error: `no access for ${encodeURIComponent(KEY)}` }), says: '[key]' },
  { ...status(404, 'denied', { detail: 'no such model' }), says: 'no such model' },
  status(413, 'denied', 'too large'),
  status(422, 'denied', { detail: [{ loc: ['body', 'messages'], msg: 'field required' }] }),
  { ...status(302, 'denied', '', { location: '/elsewhere' }), says: '/elsewhere' },
  status(307, 'denied', '', { location: 'http://127.0.0.1:9/' }),
  {
    ...status(500, 'server-error', { error: { message: { deep: ['?'] } } }),
    name: 'an error whose message is an object',
  },
  {
    ...status(500, 'server-error', `{"error":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    name: 'an error that is nested too deeply to be shown',
  },
  {
    ...status(429, 'rate-limited', { error: { message: 'slow down', code: { valueOf: 1, toString: 2 } } }),
    name: 'an error whose code is an object that is no number',
    says: 'slow down',
  },
  {
    ...status(401, 'denied', error(`what came: ${Buffer.from(`Bearer ${KEY}`).toString('base64')}`)),
    name: 'an error with the header of the key in base64',
    says: '[key]',
  },
  {
    ...status(401, 'denied', error(`what came: ${Buffer.from(KEY).toString('hex')}`)),
    name: 'an error with the key in hexadecimal digits',
    says: 'what came: [key]',
  },
  { ...status(500, 'server-error', 'null'), name: 'an error that is null' },
];
