/** How many at once, and how many a minute. */
import { describe, expect, it } from 'vitest';
import { RequestLimits } from '../../../../src/players/http/client/request-limits.js';

const noSleep = async () => {};

describe('requests at once', () => {
  it('are as many as may be, first come, first served', async () => {
    const limits = new RequestLimits({ requestsAtOnce: 3 }, noSleep);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const request = (index: number) => async () => {
      order.push(index);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (index % 5 === 0) throw new Error('failed');
      return index;
    };
    const all = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => limits.run(request(index))));
    expect(most).toBe(3);
    expect(order).toEqual(all.map((_, index) => index));
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(8);
  });

  it('one that is cancelled in the queue takes no place', async () => {
    const limits = new RequestLimits({ requestsAtOnce: 1 }, noSleep);
    let end = (): void => {};
    const first = limits.run(() => new Promise<void>((resolve) => (end = resolve)));
    const controller = new AbortController();
    const second = limits.run(async () => 'second', controller.signal);
    const third = limits.run(async () => 'third');
    controller.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    end();
    await first;
    expect(await third).toBe('third');
  });
});

describe('requests a minute', () => {
  it('are spread evenly', async () => {
    const sleeps: number[] = [];
    const sleep = async (milliseconds: number) => void sleeps.push(milliseconds);
    const limits = new RequestLimits({ requestsAtOnce: 4, requestsPerMinute: 6 }, sleep);
    await Promise.all([0, 1, 2, 3].map(() => limits.run(async () => {})));
    expect(sleeps.map((milliseconds) => Math.round(milliseconds / 10_000))).toEqual([1, 2, 3]);
  });

  it('without a limit nothing is waited for', async () => {
    const limits = new RequestLimits({ requestsAtOnce: 4 }, () => Promise.reject(new Error('waited')));
    await Promise.all([0, 1, 2, 3].map(() => limits.run(async () => {})));
  });
});
