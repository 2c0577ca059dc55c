/** Emulator servers elsewhere: tcp, keys, and what a client is told when nobody answers. Real servers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmulators } from '../../src/cli/shared/emulator-options.js';
import { pythonCommand } from '../../src/core/project-paths.js';
import {
  connectEmulators,
  makeEnv,
  makeVectorEnv,
  readKeyPair,
  readPublicKey,
  unwrapStep,
  writeKeyPair,
} from '../../src/env-bridge/index.js';
import { expectCode, summarize } from './env-conformance.js';
import { FAULT, useFaultEnvironments, usePrivateTemporaryFolder } from './fixtures.js';

useFaultEnvironments();
const folder = usePrivateTemporaryFolder();
const keyFolder = join(folder.path, 'keys');
const clientFolder = join(keyFolder, 'clients');

interface ServerProcess {
  readonly child: ChildProcess;
  readonly endpoint: string;
}

/** Starts the real server on a free port. */
async function serve(...options: string[]): Promise<ServerProcess> {
  const python = pythonCommand();
  const child = spawn(python.executable, ['-m', 'agent_envs.server', '--listen', 'tcp://127.0.0.1:*', ...options], {
    env: { ...process.env, ...python.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, endpoint: (JSON.parse(String(line)) as { endpoint: string }).endpoint };
}

async function stop({ child }: ServerProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

describe('a key pair', () => {
  it('is written for ZeroMQ, the secret for its owner only', async () => {
    const files = await writeKeyPair(join(folder.path, 'new'), 'laptop');
    expect(files.publicFile).toBe(join(folder.path, 'new', 'laptop.key'));
    expect((await stat(files.secretFile)).mode & 0o777).toBe(0o600);
    const pair = await readKeyPair(files.secretFile);
    expect(pair.publicKey).toBe(files.publicKey);
    expect(await readPublicKey(files.publicFile)).toBe(files.publicKey);
    expect(await readFile(files.publicFile, 'utf8')).not.toContain(pair.secretKey);
  });

  it('never replaces one', async () => {
    const { secretFile } = await writeKeyPair(join(folder.path, 'kept'), 'a');
    const before = await readFile(secretFile, 'utf8');
    await expectCode(writeKeyPair(join(folder.path, 'kept'), 'a'), 'usage');
    expect(await readFile(secretFile, 'utf8')).toBe(before);
  });

  it('has a name that is a file’s', async () => {
    for (const name of ['', '../up', 'a/b', '.hidden', 'a b'])
      await expectCode(writeKeyPair(folder.path, name), 'usage');
  });

  it('is not read where there is none', async () => {
    const { publicFile } = await writeKeyPair(join(folder.path, 'half'), 'a');
    const error = await expectCode(readKeyPair(publicFile), 'config');
    expect(error.message).toContain('secret-key');
    await expectCode(readPublicKey(join(folder.path, 'nothing')), 'config');
  });
});

describe('a server with keys', () => {
  let server: ServerProcess;
  let serverKey: string;
  let clientKeys: { publicKey: string; secretKey: string };
  beforeAll(async () => {
    const files = await writeKeyPair(keyFolder, 'server');
    serverKey = files.publicKey;
    clientKeys = await readKeyPair((await writeKeyPair(clientFolder, 'laptop')).secretFile);
    server = await serve('--server-key', files.secretFile, '--client-keys', clientFolder);
  });
  afterAll(() => stop(server));

  it('plays for a client that it knows, as a local process does', async () => {
    await using emulators = await connectEmulators({ endpoint: server.endpoint, serverKey, clientKeys });
    await using remote = await makeEnv(FAULT, { emulators });
    await using local = await makeEnv(FAULT);
    for (const env of [remote, local]) await env.reset({ seed: 4 });
    expect(summarize(await remote.step(1))).toEqual(summarize(await local.step(1)));
    expect(remote.emulators.versions).toEqual(local.emulators.versions);
  });

  it('says nothing to others, and they are told why', async () => {
    const connect = (options: object) =>
      expectCode(connectEmulators({ endpoint: server.endpoint, connectTimeoutMs: 1000, ...options }), 'connection');
    const stranger = await readKeyPair((await writeKeyPair(join(folder.path, 'stranger'), 'x')).secretFile);
    const [unknown, wrong, none] = await Promise.all([
      connect({ serverKey, clientKeys: stranger }),
      connect({ serverKey: stranger.publicKey, clientKeys }),
      connect({}),
    ]);
    expect(unknown.message).toContain('the server has this client’s');
    expect(wrong.message).toContain('check that serverKey is the server’s');
    expect(none.message).toContain('a server that wants keys');
    expect(none.message).toContain('give serverKey and clientKeys');
  });

  it('is told of by the names of the options on the command line', async () => {
    const { signal } = new AbortController();
    const { secretFile, publicFile } = await writeKeyPair(join(folder.path, 'unknown'), 'x');
    const open = (keys: object) =>
      expectCode(openEmulators({ connect: server.endpoint, ...keys }, { signal }), 'connection');
    expect((await open({})).message).toContain('give --server-key and --client-key (');
    const strange = await open({ serverKey: publicFile, clientKey: secretFile });
    expect(strange.message).toMatch(/that --server-key is the server’s/);
    expect(strange.message).not.toContain('serverKey');
  });
});

describe('a server without keys', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => stop(server));

  it('tells a client with keys that it has none', async () => {
    const keys = await readKeyPair((await writeKeyPair(join(folder.path, 'needless'), 'x')).secretFile);
    const options = { endpoint: server.endpoint, serverKey: keys.publicKey, clientKeys: keys };
    const error = await expectCode(connectEmulators(options), 'connection');
    expect(error.message).toContain('a server without keys');
  });

  it('serves sessions that do not see each other', async () => {
    await using first = await connectEmulators({ endpoint: server.endpoint });
    await using second = await connectEmulators({ endpoint: server.endpoint });
    await using one = await makeEnv(FAULT, { emulators: first });
    await using other = await makeEnv(FAULT, { emulators: second });
    await one.reset({ seed: 1 });
    await expectCode(other.step(0), 'episode_over');
    await first.close();
    await other.reset({ seed: 1 });
    expect((await other.step(0)).kind).toBe('mid');
  });

  it('may be several, over which environments are spread', async () => {
    const { endpoint } = server;
    await using emulators = await connectEmulators({ endpoint: [endpoint, endpoint] });
    await using envs = await makeVectorEnv(FAULT, { emulators, count: 3 });
    expect(envs.processes).toBe(2);
    const steps = await envs.reset([1, 2, 1]);
    const [a, b, c] = steps.map((step) => summarize(unwrapStep(step)).hash);
    expect(a).toBe(c);
    expect(a).not.toBe(b);
  });

  it('takes every environment with it when it dies: `connection`, at once', async () => {
    const doomed = await serve();
    await using emulators = await connectEmulators({ endpoint: doomed.endpoint });
    await using env = await makeEnv(FAULT, { kwargs: { seconds: 5 }, emulators });
    await env.reset({ seed: 0 });
    const began = performance.now();
    const step = expectCode(env.step(0), 'connection');
    doomed.child.kill('SIGKILL');
    const error = await step;
    expect(performance.now() - began).toBeLessThan(3000);
    expect(error.message).toContain('connect again');
    await expectCode(env.reset({ seed: 0 }), 'connection');
  });
});

describe('no server', () => {
  it('is said to be none', async () => {
    const options = { endpoint: 'tcp://127.0.0.1:9', connectTimeoutMs: 200 };
    expect((await expectCode(connectEmulators(options), 'connection')).message).toContain('nobody listens there');
  });

  it('is told from another program that listens', async () => {
    const other = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const options = { endpoint: `tcp://127.0.0.1:${port}`, connectTimeoutMs: 400 };
    const error = await expectCode(connectEmulators(options), 'connection');
    expect(error.message).toMatch(/somebody listens|refused/);
    other.close();
  });

  it.each([
    { endpoint: 'tcp:/nowhere' },
    { endpoint: '' },
    { endpoint: [] },
    { endpoint: 'tcp://127.0.0.1:9', serverKey: 'short', clientKeys: { publicKey: 'a', secretKey: 'b' } },
    { endpoint: 'tcp://127.0.0.1:9', serverKey: 'x'.repeat(40) },
    { endpoint: 'tcp://127.0.0.1:9', timeoutMs: -1 },
  ])('is looked for at %j: wrong use', async (options) => {
    await expectCode(connectEmulators({ connectTimeoutMs: 300, ...options }), 'usage');
  });

  it('can be waited for no longer', async () => {
    const signal = AbortSignal.timeout(50);
    await expectCode(connectEmulators({ endpoint: 'tcp://127.0.0.1:9', signal }), 'cancelled');
  });
});
