/**
 * Episodes in the real emulator with a service that misbehaves in every way: they are played to their end, and no key
 * stands in any file of theirs, nor in the cache of answers.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulators } from '../../../src/env-bridge/index.js';
import { playEntry } from '../../../src/evaluation/index.js';
import { parseEndpoint } from '../../../src/players/http/load.js';
import { servicePolicy } from '../../../src/players/http/policy.js';
import { openServices } from '../../../src/players/index.js';
import { spaceinvaders } from '../../agent/support/games.js';
import { MISBEHAVING_ANSWERS } from './support/misbehaving-answers.js';
import { MISBEHAVING_BODIES } from './support/misbehaving-bodies.js';
import { MISBEHAVING_CONNECTIONS } from './support/misbehaving-connections.js';
import { MISBEHAVING_STATUSES } from './support/misbehaving-statuses.js';
import { KEY, sendJson, startService, WELL } from './support/services.js';

const WAYS = [
  ...MISBEHAVING_STATUSES,
  ...MISBEHAVING_BODIES,
  ...MISBEHAVING_CONNECTIONS,
  ...MISBEHAVING_ANSWERS,
].filter(({ provider }) => provider === undefined);
const EPISODES = 4;

it('are played to their end, and no file shows a key', { timeout: 180_000 }, async () => {
  const root = await mkdtemp(join(tmpdir(), 'misbehaving-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  let asked = 0;
  await using service = await startService((response) => {
    const way = WAYS[asked >> 1];
    response.setHeader('retry-after-ms', '1');
    if (asked++ % 2 === 0 && way !== undefined) way.answer(response);
    else sendJson(response, WELL.openai('left'));
  });
  const text = `base_url: ${service.url}\nkey: MY_KEY\nanswers: text\ntries: 1\nrequests_at_once: ${EPISODES}\n`;
  const services = await openServices({ cache: join(root, 'cache') });
  const endpoint = { ...parseEndpoint(text, 'own.yaml'), model: 'tiny' };
  await using policy = servicePolicy(endpoint, { id: 'endpoint:own.yaml', services, env: { MY_KEY: KEY } });
  await using emulators = await startEmulators();
  // Nothing is waited for: the loop does that where an error would end the episode.
  const answers = { ...spaceinvaders.answers, retries: 9, onError: 'fallback' } as const;
  const game = { ...spaceinvaders, answers };
  const ends = await playEntry({
    ...{ game, policy, emulators, plain: false, given: [], versions: {}, git: null },
    ...{ seeds: [1, 2, 3, 4], parallel: EPISODES, maxDecisions: 80 },
    folderOf: (seed) => join(root, 'records', String(seed)),
    signal: new AbortController().signal,
  });

  expect(asked).toBeGreaterThan(2 * WAYS.length);
  expect(ends).toMatchObject(Array(EPISODES).fill({ status: 'stopped', error: null, steps: ends[0]?.steps }));
  for (const { counters, steps } of ends) {
    expect(counters).toMatchObject({ decisions: steps, parsed: steps, fallbacks: 0 });
    expect(counters.retries).toBeGreaterThan(0);
  }
  let files = 0;
  for (const name of await readdir(root, { recursive: true })) {
    const path = join(root, name);
    if ((await stat(path)).isDirectory()) continue;
    files++;
    const content = await readFile(path, 'latin1');
    for (const form of [KEY, KEY.slice(8, 20), encodeURIComponent(KEY)]) expect(content).not.toContain(form);
  }
  expect(files).toBeGreaterThan(WAYS.length / 2);
});
