/**
 * The connection to Redis or Valkey. Where it is and how it is reached comes from a URL and the environment alone;
 * nothing of it is written anywhere.
 */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { AgentError, inWords } from '../core/index.js';

/** Of all keys: an ACL that gives `~agent:*` gives all that is needed. */
export const PREFIX = 'agent';

/** What a first connection is given up for at once. */
const HOPELESS = /NOAUTH|WRONGPASS|NOPERM|ECONNREFUSED|ENOTFOUND|certificate/i;
/** How long a first connection may take, milliseconds. */
const FIRST_CONNECTION_MS = 10_000;

/** What is read beside the URL, so that a password need not stand on a command line. */
const ENVIRONMENT = {
  username: 'AGENT_REDIS_USERNAME',
  password: 'AGENT_REDIS_PASSWORD',
  ca: 'AGENT_REDIS_CA',
  cert: 'AGENT_REDIS_CERT',
  key: 'AGENT_REDIS_KEY',
} as const;

/** `redis://` or `valkey://`; with an s behind it, over TLS. Throws `usage` for anything else. */
export function redisOptions(url: string, env: NodeJS.ProcessEnv = process.env) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const scheme = /^(?:redis|valkey)(s?):$/.exec(parsed?.protocol ?? '');
  const database = /^\/?(\d*)$/.exec(parsed?.pathname ?? '');
  if (parsed === undefined || scheme === null || database === null || parsed.hostname === '') throw noUrl(url);
  const username = decodeURIComponent(parsed.username) || env[ENVIRONMENT.username];
  const password = decodeURIComponent(parsed.password) || env[ENVIRONMENT.password];
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 6379),
    db: Number(database[1] || 0),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(scheme[1] === 's' ? { tls: tlsFiles(env) } : {}),
    // Redis may be restarted: what was asked waits for it. Commands are given up by their caller's signal.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(100 * attempt, 2000),
    enableReadyCheck: true,
  };
}

function tlsFiles(env: NodeJS.ProcessEnv): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const files = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = env[ENVIRONMENT[name]];
    return path ? [[name, readTlsFile(path, ENVIRONMENT[name])] as const] : [];
  });
  return Object.fromEntries(files);
}

function readTlsFile(path: string, where: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AgentError('usage', 'a file for the connection to the queue cannot be read', {
      ...{ expected: 'a PEM file', got: inWords(error), where, cause: error },
    });
  }
}

/** The URL as it may be shown: without a name and a password. */
export function withoutSecrets(text: string): string {
  return text.replace(/((?:redis|valkey)s?:\/\/)[^\s/]*@/gi, '$1***@');
}

/**
 * A connection that answers. Rejects with `connection` where nobody does within ten seconds, or the name and password
 * are wrong; later interruptions are waited for. `onAway` is told when Redis is gone, `onBack` when it is there again.
 */
export async function connectRedis(
  url: string,
  { signal, onAway, onBack }: { signal?: AbortSignal; onAway?: () => void; onBack?: () => void } = {},
): Promise<Redis> {
  signal?.throwIfAborted();
  const redis = new Redis({ ...redisOptions(url), lazyConnect: true });
  let last: unknown;
  // Without a listener ioredis writes to standard error.
  redis.on('error', (error) => {
    last = error;
    // Asking again does not change an answer.
    if (isFirst && HOPELESS.test(String(error))) give();
  });
  let isFirst = true;
  const give = (): void => redis.disconnect();
  signal?.addEventListener('abort', give, { once: true });
  const timer = setTimeout(give, FIRST_CONNECTION_MS);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    signal?.throwIfAborted();
    throw new AgentError('connection', 'the queue is not reached', {
      expected: 'a Redis or Valkey that answers',
      got: inWords(last ?? error),
      where: withoutSecrets(url),
      next: 'check the URL, and AGENT_REDIS_USERNAME and AGENT_REDIS_PASSWORD where it asks for them',
      cause: error,
    });
  } finally {
    isFirst = false;
    clearTimeout(timer);
    signal?.removeEventListener('abort', give);
  }
  let isAway = false;
  redis.on('close', () => {
    if (!isAway) onAway?.();
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) onBack?.();
    isAway = false;
  });
  return redis;
}

function noUrl(url: string): AgentError {
  return new AgentError('usage', 'this is no address of a queue', {
    expected: 'redis://HOST:PORT, or rediss:// for TLS; also valkey:// and valkeys://',
    got: withoutSecrets(url).slice(0, 200),
    where: '--queue',
  });
}
