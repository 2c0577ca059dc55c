/** `kill -9` at random moments; `npm run bench -- queue-kills` does the same a hundred times. */
import { describe, expect, it } from 'vitest';
import { killAtRandom } from '../../bench/lib/queue-kills.js';
import { temporaryFolder } from '../record/support/records.js';
import { redisCommand } from './support/redis.js';

describe.skipIf(redisCommand === undefined)('a queue whose processes are killed', { timeout: 240_000 }, () => {
  it('loses no episode and counts none twice', async () => {
    const folder = await temporaryFolder();
    const result = await killAtRandom({ folder, kills: 5, seeds: 30, workers: 2, randomSeed: 3 });
    expect(result.kills.worker + result.kills.coordinator + result.kills.redis).toBe(5);
    expect(result).toMatchObject({ otherTables: 0, lost: 0, surplus: 0 });
    expect(result.evaluations).toBeGreaterThan(0);
  });
});
