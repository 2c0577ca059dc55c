/**
 * A process of the queue's benchmark that answers at once: `ours` as `agent worker` does, `bare` as a worker of BullMQ
 * that returns the same answer. Arguments: which, the URL, the name of the bare queue, the template's folder.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { packEnvelope, runWorker } from '../../src/queue/index.js';
import { readTemplate, simulatedRecord } from './simulated-record.js';

const CONCURRENCY = 16;
const [which, url = '', name = '', folder = ''] = process.argv.slice(2);
const template = await readTemplate(folder);
const { versions, git } = template.manifest;
const identity = { git, versions, cpu: { model: 'simulated', extensions: [] } };

if (which === 'ours') {
  await runWorker({
    ...{ url, identity, parallel: CONCURRENCY, idleSeconds: 3600, signal: endOfParent() },
    open: async () => ({
      play: async (seed) => simulatedRecord(template, seed),
      cancel: () => {},
      [Symbol.asyncDispose]: async () => {},
    }),
  });
} else {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const answer = async (seed: number): Promise<string> => {
    const parts = simulatedRecord(template, seed);
    return (await packEnvelope({ worker: 'bare', identity, parts })).toString('base64');
  };
  const worker = new Worker(name, ({ data }) => answer(data.seed), { connection, concurrency: CONCURRENCY });
  endOfParent().addEventListener('abort', async () => {
    await worker.close();
    connection.disconnect();
  });
}

/** Whoever started it closes its standard input. */
function endOfParent(): AbortSignal {
  const ended = new AbortController();
  process.stdin.resume().once('end', () => ended.abort());
  return ended.signal;
}
