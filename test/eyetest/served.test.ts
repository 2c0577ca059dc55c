/**
 * An eye test of a checkpoint behind `serve-model` comes to what the same checkpoint says in process: also where the
 * way to it fails, loses answers and is interrupted. Then no question is lost, and none is asked again once answered.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAgentError } from '../../src/core/index.js';
import { evaluateEyes, readRuns, resultOf, type TestRun } from '../../src/eyetest/index.js';
import { findModel, VisionLanguageModel } from '../../src/model/index.js';
import { openServices } from '../../src/players/index.js';
import { serveModel } from '../../src/service/index.js';
import { scratchFolder } from '../cli/agent-command.js';
import { brokenWay } from './support/broken-way.js';

const MODEL = 'pae-lamm-mini';
const TESTS = ['dot', 'gap', 'letter', 'moved'];
const PLAN = { tests: TESTS, seed: 7, side: 64, most: 10 };

async function served() {
  const model = await VisionLanguageModel.load(await findModel(MODEL));
  const service = await serveModel(model, { name: MODEL, fingerprint: 'test', port: 0 });
  return {
    url: service.url,
    [Symbol.asyncDispose]: async () => {
      await service.close(0);
      model[Symbol.dispose]();
    },
  };
}

/** As `--model` names a service. */
async function endpoint(folder: string, url: string, more = ''): Promise<string> {
  const file = join(folder, 'endpoint.yaml');
  await writeFile(file, `base_url: ${url}\nanswers: schema\ntemperature: 0\n${more}`);
  return `endpoint:${file}:${MODEL}`;
}

/** Questions with what was chosen, of all tests. */
const answersOf = (runs: readonly TestRun[]) =>
  runs.flatMap(({ lines }) =>
    lines.map(({ test, trial, level, pictures, answer, chosen, unusable }) => ({
      ...{ test, trial, level, pictures, answer, chosen, unusable },
    })),
  );

it('comes to the same questions, answers and thresholds as in process', { timeout: 120_000 }, async () => {
  const out = await scratchFolder();
  await using service = await served();
  const models = [MODEL, await endpoint(out, service.url)];
  const folders = await evaluateEyes({ ...PLAN, models, each: null, out });
  const [own, over] = (await Promise.all(folders.map(readRuns))) as [TestRun[], TestRun[]];
  expect(answersOf(own).length).toBeGreaterThanOrEqual(TESTS.length * PLAN.most);
  expect(answersOf(over)).toEqual(answersOf(own));
  expect(over.map(resultOf)).toEqual(own.map(resultOf));
  expect(new Set(answersOf(own).map(({ chosen }) => chosen)).size).toBeGreaterThan(1);
});

it('loses no question and asks none again, whatever happens on the way', { timeout: 120_000 }, async () => {
  const out = await scratchFolder();
  await using service = await served();
  let interrupt = new AbortController();
  await using way = await brokenWay(service.url, () => interrupt.abort());
  const models = [MODEL, await endpoint(out, way.url, 'tries: 2\nrequests_at_once: 1\n')];
  const ends: string[] = [];
  let folders: string[] | undefined;
  while (folders === undefined && ends.length < 100) {
    interrupt = new AbortController();
    const services = await openServices({ cache: join(out, 'cache') });
    const options = { ...PLAN, models, each: 1, out, services, signal: interrupt.signal };
    folders = await evaluateEyes(options).catch((error) => {
      ends.push(isAgentError(error) ? error.code : String(error));
      return undefined;
    });
  }
  const [own, over] = (await Promise.all((folders as string[]).map(readRuns))) as [TestRun[], TestRun[]];
  // It was stopped by failures and by interruptions, and went through every way of failing.
  expect(new Set(ends)).toEqual(new Set(['service', 'cancelled']));
  expect(new Set(way.broken).size).toBe(6);
  const empty = { chosen: null, unusable: 'no-content' };
  const told = answersOf(over);
  expect(told).toEqual(answersOf(own).map((line, i) => (told[i]?.unusable ? { ...line, ...empty } : line)));
  expect(told.filter(({ unusable }) => unusable).length).toBe(way.broken.filter((fate) => fate === 'empty').length);
  expect([...way.answered.values()]).toEqual(told.map(() => 1));
  // What was answered right before an interruption came out of the cache later.
  expect(over.flatMap(({ lines }) => lines).filter(({ service }) => service?.isCached).length).toBeGreaterThan(0);
});
