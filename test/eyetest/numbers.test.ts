/** Tests with numbers: who sees all has no error, who always says the same has the baseline's, and nothing is lost. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Answer, Policy, Situation } from '../../src/agent/index.js';
import { AgentError } from '../../src/core/index.js';
import {
  NUMBER_TESTS,
  numberResultOf,
  readNumberRuns,
  runEyeTests,
  writeEyeReport,
  writePlan,
} from '../../src/eyetest/index.js';
import { NumberRun } from '../../src/eyetest/numbers/number-run.js';
import { paintingOf } from '../../src/eyetest/numbers/painting.js';
import { readNumbers } from '../../src/eyetest/numbers/read-numbers.js';
import { askInWords } from '../../src/eyetest/numbers/run-numbers.js';
import { parseEndpoint } from '../../src/players/http/load.js';
import { servicePolicy } from '../../src/players/http/policy.js';
import { sendJson, startService, WELL } from '../players/http/support/services.js';

const PLAN = { seed: 5, side: 64, numbers: 12 };

describe('an answer', () => {
  const color = { count: 3, together: 3, most: 255 };
  it.each([
    ['12, 200, 7', [12, 200, 7]],
    ['[12,200,7]', [12, 200, 7]],
    ['{"red": 12, "green": 200, "blue": 7}', [12, 200, 7]],
    ['Red: 12\nGreen: 200\nBlue: 7', [12, 200, 7]],
    ['The pixel at (40, 30) is rgb(12, 200, 7).', [12, 200, 7]],
    ['<think>At x = 3 it is 1, 2, 3.</think>12 200 7', [12, 200, 7]],
    ['At column 40, row 30:\n\n12, 200, 7', [12, 200, 7]],
  ])('%j is the color that it says', (raw, numbers) => {
    expect(readNumbers(raw, color)).toEqual({ numbers });
  });

  it.each([
    ['', 'empty'],
    ['I cannot tell.', 'no-match'],
    ['12, 200', 'ambiguous'],
    ['(1, 2, 3) or (4, 5, 6)', 'ambiguous'],
    ['12, 200, 256', 'illegal'],
    ['12, -200, 7', 'illegal'],
    ['0.1, 0.5, 0.3', 'illegal'],
    ['#0c2007', 'no-match'],
  ])('%j is none: %s', (raw, unusable) => {
    expect(readNumbers(raw, color)).toEqual({ unusable });
  });

  it('of several colors is one of as many lines or brackets, numbered or not', () => {
    const wanted = { count: 6, together: 3, most: 255 };
    const numbers = [1, 2, 3, 4, 5, 6];
    for (const raw of [
      '1, 2, 3\n4, 5, 6',
      '1. (1, 2, 3)\n2. (4, 5, 6)',
      '[[1,2,3],[4,5,6]]',
      'Of 9 pixels:\n1 2 3\n4 5 6',
    ]) {
      expect(readNumbers(raw, wanted)).toEqual({ numbers });
    }
    expect(readNumbers('1, 2, 3', wanted)).toEqual({ unusable: 'ambiguous' });
  });

  it('with a place is one number, also between pixels', () => {
    const place = { count: 1, together: 1, most: 63 };
    expect(readNumbers('x = 31.5', place)).toEqual({ numbers: [31.5] });
    expect(readNumbers('The picture is 64 pixels wide.\nColumn 12', place)).toEqual({ numbers: [12] });
    expect(readNumbers('64', place)).toEqual({ unusable: 'illegal' });
    expect(readNumbers('12 of 64', place)).toEqual({ unusable: 'ambiguous' });
  });
});

/** Answers all questions of a test. */
async function answered(test: (typeof NUMBER_TESTS)[number], say: (truth: readonly number[]) => number[] | null) {
  const run = new NumberRun(test, 'asked', await test.open(PLAN));
  for (const trial of run.left) {
    const { question: _, ...planned } = run.plan(trial);
    const numbers = say(planned.truth);
    run.add({ ...planned, numbers, unusable: numbers ? null : 'no-match', raw: '' });
  }
  return run;
}

const there = NUMBER_TESTS.filter((test) => test.isThere());

describe.each(there.map((test) => ({ name: test.name, test })))('$name', { timeout: 60_000 }, ({ test }) => {
  it('puts who sees all at 0, and who always says the same at the baseline', async () => {
    const right = numberResultOf(await answered(test, (truth) => [...truth]));
    expect(right).toMatchObject({ error: 0, interval: null, median: 0, usable: right.asked, unusable: {} });
    expect(right.within.map(({ share }) => share)).toEqual([1, 1, 1]);
    const truths = (await answered(test, () => null)).lines.map(({ truth }) => truth);
    const things = truths.flatMap((truth) => parts(truth, test.together));
    const middle = Array.from({ length: test.together }, (_, c) => median(things.map((thing) => thing[c] as number)));
    const same = numberResultOf(
      await answered(test, (truth) => truth.map((_, i) => middle[i % test.together] as number)),
    );
    const baseline = same.baselines.find(({ name }) => name.includes('middle'));
    expect(same.error).toBeCloseTo(baseline?.error as number, 8);
    // Whoever looks can be better: the pictures are not all alike.
    expect(same.error).toBeGreaterThan(1);
    for (const { error } of same.baselines) expect(error).toBeGreaterThanOrEqual((baseline?.error as number) - 1e-9);
  });

  it('asks the same of everybody, in at least three wordings, within what can be answered', async () => {
    const [one, other] = [await test.open(PLAN), await test.open(PLAN)];
    const asked = Array.from({ length: one.count }, (_, trial) => one.question(trial));
    expect(asked).toEqual(asked.map((_, trial) => other.question(trial)));
    expect(new Set(test.wordings).size).toBeGreaterThanOrEqual(3);
    expect(new Set(asked.map(({ wording }) => wording)).size).toBeGreaterThanOrEqual(2);
    for (const { words, truth, most, frame } of asked) {
      expect(words).not.toMatch(/[{}]|undefined|NaN/);
      expect(words).toContain(String(frame.shape[1]));
      expect(truth.every((value) => value >= 0 && value <= most)).toBe(true);
    }
    const next = await test.open({ ...PLAN, seed: 6 });
    expect(Array.from({ length: next.count }, (_, trial) => next.question(trial).words)).not.toEqual(
      asked.map(({ words }) => words),
    );
  });

  it('finds the same things at another size', async () => {
    const [small, large] = [await test.open(PLAN), await test.open({ ...PLAN, side: 192 })];
    const [one, other] = [small.question(0), large.question(0)];
    expect(Math.max(...(other.frame.shape as number[]))).toBe(192);
    expect(one.origin).toBe(other.origin);
    if (test.kind !== 'sight') return;
    const inGame = ({ truth, step }: typeof one) => ((truth[0] as number) + 0.5) * step;
    expect(inGame(other)).toBeCloseTo(inGame(one), 0);
  });
});

it('a picture is painted from right answers as well as can be, and is magenta where there are none', async () => {
  const test = there.find(({ name }) => name === 'paint-scenes') as (typeof there)[number];
  const right = paintingOf(await answered(test, (truth) => [...truth]));
  expect(right?.painted).toEqual(right?.best);
  expect(right?.psnr).toBe(right?.bestPsnr);
  expect(right?.bestPsnr).toBeGreaterThan(10);
  const none = paintingOf(await answered(test, () => null));
  expect(none?.psnr).toBeNull();
  expect([...(none?.painted.data.subarray(0, 6) ?? [])]).toEqual([255, 0, 255, 255, 0, 255]);
});

const TESTS = ['pixels-scenes', 'sight-cannon', 'paint-games'];

async function planned(tests = TESTS): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'eyetest-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'eyes');
  await writePlan(folder, {
    ...PLAN,
    format: 1,
    model: 'me',
    provenance: {},
    each: null,
    most: 10,
    tests,
    versions: {},
  });
  return folder;
}

function player(answer: (situation: Situation) => Answer): Policy {
  return {
    ...{ id: 'scripted', needs: [], isBatchInvariant: true },
    begin: async () => {},
    act: async (situations) => situations.map(answer),
    end: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The same for the same question; every fourth answer is none. */
const somehow = ({ episode, frames }: Situation): Answer => {
  const pixels = frames[0]?.data.reduce((all, value) => all + value, 0) ?? 0;
  const sum = (pixels + Number(episode.split(' ').at(-1))) % 60;
  const count = episode.includes('paint') ? 16 : 1;
  if (sum % 4 === 0) return { kind: 'unusable', outcome: 'refusal', raw: '' };
  return {
    kind: 'text',
    raw: Array(count)
      .fill(episode.includes('sight') ? `${sum / 2}` : `${sum}, 2, 3`)
      .join('\n'),
  };
};

const answersOf = async (folder: string) =>
  (await readFile(join(folder, 'numbers.jsonl'), 'utf8').catch(() => '')).split('\n').sort();

describe('a run', { timeout: 60_000 }, () => {
  it('goes on where it was stopped, also in the middle of a line, and asks nothing again', async () => {
    const whole = await planned();
    await askInWords(player(somehow), { folder: whole });
    const text = await readFile(join(whole, 'numbers.jsonl'), 'utf8');
    expect(text.split('\n')).toHaveLength(12 + 12 + 9 + 1);
    for (const cut of [0, 1, Math.floor(text.length / 2), text.length - 1]) {
      const folder = await planned();
      await writeFile(join(folder, 'numbers.jsonl'), text.slice(0, cut));
      const kept = text.slice(0, cut).split('\n').length - 1;
      let asked = 0;
      const counting = player((situation) => {
        asked++;
        return somehow(situation);
      });
      await askInWords(counting, { folder });
      expect(asked).toBe(12 + 12 + 9 - kept);
      expect(await answersOf(folder)).toEqual(text.split('\n').sort());
    }
  });

  it('keeps what came beside a question that failed, and asks the others of the same answers', async () => {
    const [folder, whole] = [await planned(), await planned()];
    let asked = 0;
    const failing = player((situation) =>
      ++asked === 7 ? { kind: 'failure', error: new AgentError('service', 'gone') } : somehow(situation),
    );
    await expect(askInWords(failing, { folder })).rejects.toThrow('gone');
    await askInWords(failing, { folder });
    expect(asked - 1).toBe(12 + 12 + 9);
    await askInWords(player(somehow), { folder: whole });
    expect(await answersOf(folder)).toEqual(await answersOf(whole));
  });

  it.each([
    ['"truth":[', '"truth":[1'],
    ['"pictures":"', '"pictures":"0'],
    ['"wording":', '"wording":1'],
    ['"trial":3', '"trial":4'],
    ['"test":"sight-cannon"', '"test":"sight-road"'],
    ['"form":"asked"', '"form":"trained"'],
  ])('whose %s was changed to %s is refused', async (was, is) => {
    const folder = await planned();
    await askInWords(player(somehow), { folder });
    const text = await readFile(join(folder, 'numbers.jsonl'), 'utf8');
    expect(text).toContain(was);
    await writeFile(join(folder, 'numbers.jsonl'), text.replace(was, is));
    await expect(readNumberRuns(folder)).rejects.toMatchObject({ code: 'record' });
    await writeFile(join(folder, 'numbers.jsonl'), text);
    await appendFile(join(folder, 'numbers.jsonl'), `${text.split('\n')[0]}\n`);
    await expect(readNumberRuns(folder)).rejects.toMatchObject({ code: 'record' });
  });

  it('is told in every form of the report, with what could not be used apart', async () => {
    const folder = await planned(['dot', ...TESTS]);
    await runEyeTests({ folder, policy: player(() => ({ kind: 'text', raw: 'top left' })) });
    await askInWords(player(somehow), { folder });
    const out = `${folder}-report`;
    const { models } = await writeEyeReport([folder], out);
    const read = (name: string) => readFile(join(out, name), 'utf8');
    for (const { test, usable, asked, unusable, error } of models[0]?.numbers ?? []) {
      expect(usable + (unusable.refusal ?? 0)).toBe(asked);
      expect(usable).toBeGreaterThan(0);
      for (const name of ['report.html', 'report.md']) expect(await read(name)).toContain(test);
      expect(await read('numbers.csv')).toContain(`"me",64,${test},asked,`);
      expect(await read('report.html')).toContain(`${error?.toFixed(1)} (`);
    }
    expect(models[0]?.numbers.map(({ test }) => test)).toEqual(TESTS);
    const json = JSON.parse(await read('report.json'));
    expect(json.models[0].paintings).toEqual([
      { test: 'paint-games', psnr: expect.any(Number), bestPsnr: expect.any(Number) },
    ]);
    const page = await read('report.html');
    expect(page).toContain('img-src data:;');
    expect(page.match(/<img src="data:image\/png;base64,/g)).toHaveLength(3);
  });

  it('comes to the same answers where every third question fails first, and asks nothing twice', async () => {
    const told: string[][] = [];
    for (const failing of [false, true]) {
      let good = 0;
      const known = new Set<string>();
      await using service = await startService((response, body) => {
        const question = JSON.stringify(body);
        const isNew = !known.has(question);
        known.add(question);
        if (failing && isNew && known.size % 3 === 0) {
          sendJson(response, 'busy', 503, { 'retry-after-ms': '1' });
        } else {
          good++;
          sendJson(response, WELL.openai('12, 13, 14'));
        }
      });
      const text = `base_url: ${service.url}\nanswers: schema\n`;
      const endpoint = { ...parseEndpoint(text, 'own.yaml'), model: 'm' };
      await using policy = servicePolicy(endpoint, { id: 'endpoint:own', env: {} });
      const folder = await planned(['pixels-scenes', 'sight-bomb']);
      await askInWords(policy, { folder });
      const lines = (await readNumberRuns(folder)).flatMap((run) => run.lines);
      expect(good).toBe(lines.length);
      expect(service.bodies.some((body) => 'response_format' in body)).toBe(false);
      told.push(lines.map(({ service: _, usage: __, ...line }) => JSON.stringify(line)));
    }
    expect(told[1]).toEqual(told[0]);
  });
});

function parts(values: readonly number[], size: number): number[][] {
  return Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[sorted.length >> 1] as number)) / 2;
}
