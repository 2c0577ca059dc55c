/**
 * An eye test of a checkpoint behind `serve-model` comes to what the same checkpoint says in process: also where the
 * way to it fails, loses answers and is interrupted. Then no question is lost, and none is asked again once answered.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAgentError } from '../../src/core/index.js';
import {
  evaluateEyes,
  numberResultOf,
  readNumberRuns,
  readRuns,
  resultOf,
  type TestRun,
} from '../../src/eyetest/index.js';
import { findModel, VisionLanguageModel } from '../../src/model/index.js';
import { serveModel } from '../../src/service/index.js';
import { scratchFolder } from '../cli/agent-command.js';
import { brokenWay } from './support/broken-way.js';

const MODEL = 'pae-lamm-mini';
const TESTS = ['dot', 'gap', 'letter', 'moved'];
const PLAN = { tests: TESTS, seed: 7, sides: [64], most: 10 };

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
async function endpoint(folder: string, url: string, more = 'answers: schema\n'): Promise<string> {
  const file = join(folder, 'endpoint.yaml');
  await writeFile(file, `base_url: ${url}\ntemperature: 0\n${more}`);
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

it('comes to the same texts where both write them, usable or not', { timeout: 120_000 }, async () => {
  const out = await scratchFolder();
  await using service = await served();
  // As many tokens as a checkpoint in process may write.
  const models = [MODEL, await endpoint(out, service.url, 'answers: text\nanswer_tokens: 32\n')];
  const plan = { ...PLAN, tests: ['dot', 'moved'], each: 1, answers: 'written' as const };
  const folders = await evaluateEyes({ ...plan, models, out });
  const [own, over] = (await Promise.all(folders.map(readRuns))) as [TestRun[], TestRun[]];
  const texts = (runs: readonly TestRun[]) => runs.flatMap(({ lines }) => lines.map(({ raw }) => raw));
  expect(texts(own).length).toBeGreaterThan(15);
  expect(texts(over)).toEqual(texts(own));
  // Only a service says that an answer was cut off; either way none is read in it.
  const read = (runs: readonly TestRun[]) =>
    answersOf(runs).map(({ unusable, ...line }) => ({ ...line, isUsable: unusable === null }));
  expect(read(over)).toEqual(read(own));
});

it('comes to the same numbers, and is asked as it was trained in process alone', { timeout: 120_000 }, async () => {
  const out = await scratchFolder();
  await using service = await served();
  const models = [MODEL, await endpoint(out, service.url, 'answers: text\nanswer_tokens: 32\n')];
  const tests = ['pixels-scenes', 'sight-cannon', 'paint-games'];
  const folders = await evaluateEyes({ ...PLAN, tests, models, each: null, numbers: 3, out });
  const [own, over] = (await Promise.all(folders.map(readNumberRuns))) as [NumberRuns, NumberRuns];
  const asked = (runs: NumberRuns) =>
    runs.flatMap(({ lines }) =>
      lines
        .filter(({ test, form }) => form === 'asked' && test !== 'paint-games')
        .map(({ test, trial, truth, pictures, numbers, raw }) => ({ test, trial, truth, pictures, numbers, raw })),
    );
  expect(asked(own)).toHaveLength(6);
  expect(asked(over)).toEqual(asked(own));
  const results = [own, over].map((runs) => runs.map(numberResultOf));
  expect(results.map((all) => all.map(({ test, form }) => `${test} ${form}`))).toEqual([
    ['pixels-scenes asked', 'pixels-scenes trained', 'sight-cannon asked', 'paint-games trained'],
    ['pixels-scenes asked', 'sight-cannon asked', 'paint-games asked'],
  ]);
  // It sees pixels when it is asked as it was trained.
  const [painted] = results[0]?.filter(({ test }) => test === 'paint-games') ?? [];
  expect(painted).toMatchObject({ asked: 9, usable: 9 });
  const baseline = Math.min(...(painted?.baselines ?? []).map(({ error }) => error));
  expect(painted?.error).toBeLessThan(baseline / 2);
});

type NumberRuns = Awaited<ReturnType<typeof readNumberRuns>>;

it('loses no question and asks none again, whatever happens on the way', { timeout: 120_000 }, async () => {
  const out = await scratchFolder();
  await using service = await served();
  let interrupt = new AbortController();
  await using way = await brokenWay(service.url, () => interrupt.abort());
  const models = [MODEL, await endpoint(out, way.url, 'answers: schema\ntries: 2\nrequests_at_once: 1\n')];
  const ends: string[] = [];
  let folders: string[] | undefined;
  while (folders === undefined && ends.length < 100) {
    interrupt = new AbortController();
    const options = { ...PLAN, models, each: 1, out, signal: interrupt.signal };
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
});
