/** A Redis on loopback for tests and benchmarks: the machine's own, or the one that the set-up unpacked. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { projectPaths } from '../../src/core/project-paths.js';

interface Command {
  readonly executable: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Undefined where there is none: `npm test` fetches it where apt is. */
export const redisCommand: Command | undefined = findRedis();

function findRedis(): Command | undefined {
  const libraries = join(projectPaths.redis, 'usr', 'lib');
  let folders: string[] = [];
  try {
    folders = readdirSync(libraries, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(libraries, name));
  } catch {
    // Not unpacked.
  }
  const unpacked = {
    executable: join(projectPaths.redis, 'usr', 'bin', 'redis-server'),
    env: { ...process.env, LD_LIBRARY_PATH: folders.join(':') },
  };
  return [{ executable: 'redis-server', env: process.env }, unpacked].find(({ executable, env }) => {
    try {
      execFileSync(executable, ['--version'], { env, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

export class TestRedis {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly folder: string,
    private readonly args: readonly string[],
  ) {}

  /** With an append-only file, as a queue that must not lose anything has it. */
  static async start(args: readonly string[] = []): Promise<TestRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'agent-redis-'));
    const redis = new TestRedis(await freePort(), folder, args);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process?.pid as number;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { executable, env } = redisCommand as Command;
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    const kept = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'];
    this.#process = spawn(executable, [...own, ...kept, ...this.args], { env, stdio: 'ignore' });
    for (;;) {
      const answer = await this.client((redis) => redis.ping()).catch((error: Error) => error.message);
      if (answer === 'PONG') return;
      if (this.#process.exitCode !== null) throw new Error(`redis-server ended with ${this.#process.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.#process?.kill('SIGKILL');
    await ended;
  }

  /** Asks it something over a connection that does not wait. */
  async client<T>(
    ask: (redis: Redis) => Promise<T>,
    options: { username?: string; password?: string } = {},
  ): Promise<T> {
    const redis = new Redis({
      ...{ host: '127.0.0.1', port: this.port, lazyConnect: true, retryStrategy: () => null, ...options },
    });
    redis.on('error', () => {});
    try {
      await redis.connect();
      return await ask(redis);
    } finally {
      redis.disconnect();
    }
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
