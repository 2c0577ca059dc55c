/** What Prometheus reads of a coordinator. */
import { expect, it } from 'vitest';
import { serveMetrics } from '../../src/queue/index.js';

it('serves the numbers of a coordinator, and nothing else', async () => {
  await using served = await serveMetrics(0, '127.0.0.1');
  served.run({ open: 7, accepted: 5, refused: 2, workers: 3 });
  served.run({ open: 6, accepted: 6, refused: 2, workers: 3 });
  const text = await (await fetch(served.url)).text();
  const told = Object.fromEntries([...text.matchAll(/^(agent_queue_\w+) (\d+)$/gm)].map(([, name, n]) => [name, n]));
  expect(told).toEqual({
    ...{ agent_queue_open_episodes: '6', agent_queue_accepted_episodes: '6' },
    ...{ agent_queue_refused_answers: '2', agent_queue_workers: '3' },
  });
  expect((await fetch(served.url.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(served.url, { method: 'POST' })).status).toBe(404);
  await expect(serveMetrics(Number(new URL(served.url).port), '127.0.0.1')).rejects.toMatchObject({
    code: 'connection',
  });
});
