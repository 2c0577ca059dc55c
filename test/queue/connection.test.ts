/** How a queue is reached: by URL and environment, over TLS too, and nothing secret is shown. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { TestRedis } from '../../bench/lib/redis.js';
import { connectRedis, redisOptions, withoutSecrets } from '../../src/queue/index.js';
import { temporaryFolder } from '../record/support/records.js';
import { redisCommand } from './support/redis.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('redisOptions', () => {
  it('takes address, database, name and password', () => {
    expect(redisOptions('redis://me:p%40ss@[::1]:7000/3', {})).toMatchObject({
      ...{ host: '::1', port: 7000, db: 3, username: 'me', password: 'p@ss' },
    });
    const env = { AGENT_REDIS_USERNAME: 'agent', AGENT_REDIS_PASSWORD: 'secret' };
    expect(redisOptions('valkey://queue', env)).toMatchObject({ host: 'queue', port: 6379, username: 'agent' });
    expect(redisOptions('redis://queue', {})).not.toHaveProperty('tls');
    expect(redisOptions('valkeys://queue', {})).toHaveProperty('tls', {});
    for (const wrong of ['queue:6379', 'http://queue', 'redis://', 'redis://queue/a', '']) {
      expect(() => redisOptions(wrong, {}), wrong).toThrow(/no address of a queue/);
    }
    expect(() => redisOptions('rediss://q', { AGENT_REDIS_CA: '/nowhere' })).toThrow(/cannot be read/);
  });
});

describe('withoutSecrets', () => {
  it('leaves the address', () => {
    expect(withoutSecrets('--queue=rediss://me:secret@queue:6379/1')).toBe('--queue=rediss://***@queue:6379/1');
    expect(withoutSecrets('redis://queue:6379')).toBe('redis://queue:6379');
  });
});

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(redisCommand === undefined || !hasOpenssl)('connectRedis', () => {
  it('speaks TLS with a server whose certificate is known, and with no other', async () => {
    const folder = await temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    const plain = await TestRedis.start();
    await plain.remove();
    // The port that was free a moment ago is the encrypted one.
    const tls = ['--tls-port', String(plain.port), '--tls-cert-file', cert, '--tls-key-file', key];
    const redis = await TestRedis.start([...tls, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no']);
    onTestFinished(() => redis.remove());
    const url = `rediss://localhost:${plain.port}`;
    await expect(connectRedis(url)).rejects.toMatchObject({
      code: 'connection',
      details: { got: expect.stringMatching(/certificate/) },
    });
    vi.stubEnv('AGENT_REDIS_CA', cert);
    const connection = await connectRedis(url);
    expect(await connection.ping()).toBe('PONG');
    connection.disconnect();
  });
});
