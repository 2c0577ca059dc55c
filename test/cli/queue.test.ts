/** `agent eval --queue`, `agent collect --queue` and `agent worker` as people start them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lakeFile } from '../../bench/lib/lake.js';
import { collectionWork } from '../../bench/lib/queue-work.js';
import { redisCommand, testRedis } from '../queue/support/redis.js';
import { agent, eventually, scratchFolder } from './agent-command.js';

const ASKED = ['-g', 'carracing', '-p', 'random', '-p', 'noop', '--seeds', '7..12', '--max-decisions', '4'];
/** Only keys of its own, and no command that looks at or changes anybody else's. */
const ACL = ['on', '>se:cret', '~agent:*', 'resetchannels', '+@all', '-@admin', '-@dangerous', '+info', '+keys'];

describe.skipIf(redisCommand === undefined)('agent eval --queue', { timeout: 240_000 }, () => {
  it('makes the local table with four workers on a Redis that asks for a password, and keeps no secret', async () => {
    const redis = await testRedis();
    await redis.client(async (client) => {
      await client.call('ACL', 'SETUSER', 'player', ...ACL);
      await client.call('ACL', 'SETUSER', 'default', 'off');
    });
    const folder = await scratchFolder();
    const url = redis.url.replace('//', '//player@');
    const env = { AGENT_REDIS_PASSWORD: 'se:cret' };
    const workers = [0, 1, 2, 3].map((index) =>
      agent(['worker', '--queue', url, '--processes', '1', ...(index === 0 ? ['--metrics', '0'] : [])], { env }),
    );
    let narration = '';
    workers[0]?.stderr.on('data', (data) => {
      narration += data;
    });
    const metrics = await eventually('metrics', () => /http:\S+\/metrics/.exec(narration)?.[0]);
    const secretUrl = redis.url.replace('//', '//player:se%3Acret@');
    const out = join(folder, 'queue');
    const through = await agent(['eval', ...ASKED, '--queue', secretUrl, '--out', out, '--json']);
    expect(through).toMatchObject({ exitCode: 0 });
    const status = await agent(['worker', '--queue', url, '--status', '--json'], { env });
    expect(JSON.parse(status.stdout).workers).toHaveLength(4);
    expect(await (await fetch(metrics)).text()).toMatch(/agent_worker_played_episodes \d+/);
    for (const worker of workers) worker.kill('SIGINT');
    const ended = await Promise.all(workers);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([130, 130, 130, 130]);
    const local = await agent(['eval', ...ASKED, '--processes', '1', '--out', join(folder, 'local'), '--quiet']);
    expect(local).toMatchObject({ exitCode: 0 });
    const table = (run: string) => readFile(join(folder, run, 'results.json'), 'utf8');
    expect(await table('queue')).toBe(await table('local'));
    const kept = await readFile(join(out, 'evaluation.json'), 'utf8');
    expect(kept).toContain('redis://***@127.0.0.1');
    expect(kept + through.stdout + through.stderr).not.toMatch(/se:cret|se%3Acret/);
  });

  it('says what is wrong with a queue, and with what it cannot play', async () => {
    const redis = await testRedis();
    await redis.client((client) => client.config('SET', 'requirepass', 'other'));
    const wrong = async (...args: string[]) => (await agent(['eval', ...ASKED, ...args])).stderr;
    expect(await wrong('--queue', 'http://127.0.0.1')).toContain('this is no address of a queue');
    expect(await wrong('--queue', redis.url)).toContain('the queue is not reached');
    expect(await wrong('--replay-share', '1')).toContain('--replay-share together with --queue');
    expect(await wrong('--queue', redis.url, '--shard', '1/2')).toContain('cannot be used with');
  });
});

describe.skipIf(redisCommand === undefined)('agent collect --queue', { timeout: 240_000 }, () => {
  it('ended by Ctrl-C and taken up by the same command makes the local dataset, byte for byte', async () => {
    const redis = await testRedis();
    const folder = await scratchFolder();
    const game = await lakeFile(folder);
    const work = collectionWork(game, 6);
    const [local, out] = ['local', 'queue'].map((name) => join(folder, name, 'work')) as [string, string];
    expect(await agent([...work.words(local), ...work.localWords])).toMatchObject({ exitCode: 0 });
    const queue = ['--queue', redis.url];
    const first = agent([...work.words(out), ...queue]);
    const queued = () => redis.client((client) => client.hlen('agent:runs')).then((runs) => runs > 0 || undefined);
    await eventually('a run in the queue', queued);
    first.kill('SIGINT');
    expect(await first).toMatchObject({ exitCode: 130 });
    expect(await readdir(out)).toContain('queue.json');
    const worker = agent(['worker', ...queue, '--game', game, '--processes', '1', '--quiet']);
    expect(await agent([...work.words(out), ...queue, '--replay-share', '1'])).toMatchObject({ exitCode: 0 });
    worker.kill('SIGINT');
    expect(await worker).toMatchObject({ exitCode: 130 });
    expect(await work.compare(local, out)).toEqual({ isOther: false, lost: 0, surplus: 0 });
  });

  it('takes its work out of the queue where it is cancelled, and says what it cannot do', async () => {
    const redis = await testRedis();
    const folder = await scratchFolder();
    const work = collectionWork(await lakeFile(folder), 3);
    const words = [...work.words(join(folder, 'work')), '--queue', redis.url];
    const cancelled = await agent([...words, '--cancel']);
    expect(cancelled.exitCode).toBe(0);
    expect(await redis.client((client) => client.keys('agent:*'))).toEqual([]);
    expect((await agent([...words, '--shard', '1/2'])).stderr).toContain('cannot be used with');
    expect((await agent([...words, '--allow-different', 'cpu'])).stderr).toContain('--allow-different');
  });
});
