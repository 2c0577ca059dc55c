/** Weights in a folder that coordinator and workers see: nothing of them goes through the queue. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeCheckpoint, fetchCheckpoint, publishCheckpoint } from '../../src/queue/index.js';
import { temporaryFolder } from '../record/support/records.js';
import { redisCommand, testRedis } from './support/redis.js';

describe.skipIf(redisCommand === undefined)('--checkpoints', () => {
  it('gives weights by their hash, and none that were changed there', async () => {
    const { url } = await testRedis();
    const redis = new Redis(url);
    onTestFinished(() => redis.disconnect());
    const folder = await temporaryFolder();
    const [own, shared] = [join(folder, 'own'), join(folder, 'shared')];
    await mkdir(own);
    await writeFile(join(own, 'config.json'), '{}');
    await writeFile(join(own, 'model.safetensors'), Buffer.alloc(1000, 7));
    const weights = await describeCheckpoint('expert', own);
    await publishCheckpoint(redis, own, weights, shared);
    // A second coordinator finds them there.
    await publishCheckpoint(redis, own, weights, shared);
    expect(await redis.dbsize()).toBe(0);
    const found = await fetchCheckpoint(redis, weights, shared);
    expect(await describeCheckpoint('expert', found)).toEqual(weights);
    await appendFile(join(found, 'model.safetensors'), 'x');
    await expect(fetchCheckpoint(redis, weights, shared)).rejects.toMatchObject({ code: 'checkpoint' });
  });
});
