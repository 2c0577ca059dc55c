/** `kill -9` at random moments; `npm run bench -- queue-kills` does the same a hundred times. */
import { describe, expect, it } from 'vitest';
import { lakeFile } from '../../bench/lib/lake.js';
import { killAtRandom } from '../../bench/lib/queue-kills.js';
import { collectionWork, evaluationWork } from '../../bench/lib/queue-work.js';
import { temporaryFolder } from '../record/support/records.js';
import { redisCommand } from './support/redis.js';

describe.skipIf(redisCommand === undefined)('a queue whose processes are killed', { timeout: 240_000 }, () => {
  it.each([
    { what: 'an evaluation', killed: evaluationWork, kills: 5 },
    { what: 'a collection', killed: collectionWork, kills: 4 },
  ])('loses no episode of $what and counts none twice', async ({ killed, kills }) => {
    const folder = await temporaryFolder();
    const game = await lakeFile(folder);
    const result = await killAtRandom({ folder, game, work: killed(game, 30), kills, workers: 2, randomSeed: 3 });
    expect(result.kills.worker + result.kills.coordinator + result.kills.redis).toBe(kills);
    expect(result).toMatchObject({ others: 0, lost: 0, surplus: 0 });
    expect(result.ended).toBeGreaterThan(0);
  });
});
