/** A Redis of a test's own. */
import { onTestFinished } from 'vitest';
import { TestRedis } from '../../../bench/lib/redis.js';

export { redisCommand } from '../../../bench/lib/redis.js';

/** Started for one test. */
export async function testRedis(): Promise<TestRedis> {
  const redis = await TestRedis.start();
  onTestFinished(() => redis.remove());
  return redis;
}
