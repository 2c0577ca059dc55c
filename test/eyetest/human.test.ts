/** A person takes the eye test: by the page's requests, and in a browser. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleViewPage } from '../../scripts/lib/view-page.mjs';
import type { AskedNow, SittingState } from '../../src/eyetest/human/sitting-state.js';
import { eyeFolders, readRuns, type TestRun, testPerson, writeEyeReport } from '../../src/eyetest/index.js';
import { choiceKeys } from '../../web/view/eyes-keys.js';
import { scratchFolder } from '../cli/agent-command.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { isTooWide, problems } from '../view/support/axe.js';
import { pressOn } from '../view/support/keys-alone.js';
import { open } from '../view/support/opened-view.js';

const PLAN = { name: null, tests: ['ruler', 'moved'], seed: 3, side: 64, each: null, most: 10 };

beforeAll(() => bundleViewPage());

/** A person's page, and how the test ends. */
async function sitDown(out: string, plan: Partial<typeof PLAN> = {}, signal = new AbortController().signal) {
  let ended: Promise<readonly TestRun[]> | undefined;
  const url = await new Promise<string>((onPage, failed) => {
    ended = testPerson({ ...PLAN, ...plan, out, signal, onPage });
    ended.catch(failed);
  });
  return { url, ended: ended as Promise<readonly TestRun[]> };
}

const post = (url: string, what: string, body: object) =>
  fetch(`${url}api/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const stateOf = async (url: string) => (await (await fetch(`${url}api/question`)).json()) as SittingState;

async function askedNow(url: string): Promise<AskedNow> {
  const { now } = await stateOf(url);
  if (now.kind !== 'question') throw new Error(`nothing is asked: ${now.kind}`);
  return now;
}

const answersOf = async (out: string) => {
  const [folder] = await eyeFolders(out);
  return (await readFile(join(folder as string, 'answers.jsonl'), 'utf8')).trimEnd().split('\n');
};

describe('a person', { timeout: 60_000 }, () => {
  it('is asked question by question, and stands in the report beside models', async () => {
    const out = await scratchFolder();
    const { url, ended } = await sitDown(out);
    let state = await stateOf(url);
    const tests: string[] = [];
    while (state.now.kind === 'question') {
      const { test, trial, pictures, side } = state.now;
      tests.push(test);
      for (let index = 0; index < pictures; index++) {
        const picture = await fetch(`${url}api/pictures/${test}/${trial}/${index}`);
        const { width, height } = await sharp(await picture.arrayBuffer()).metadata();
        expect([width, height]).toEqual([side, side]);
      }
      state = (await (await post(url, 'answer', { test, trial, choice: 0 })).json()) as SittingState;
    }
    expect(state).toMatchObject({ now: { kind: 'over' }, progress: { answered: 20, testsOver: 2, tests: 2, part: 1 } });
    await ended;
    // One test after the other in turn, not one for a long time.
    expect(tests.slice(0, 4)).toEqual(['ruler', 'moved', 'ruler', 'moved']);
    const { models } = await writeEyeReport(await eyeFolders(out), out);
    expect(models).toMatchObject([{ model: 'human', questions: 20, unusable: 0, cost: 0 }]);
    expect(await readFile(join(out, 'report.csv'), 'utf8')).toMatch(/\r\n"human",64,ruler,/);
    // All is answered: nothing is opened again.
    const fail = () => expect.unreachable();
    await testPerson({ ...PLAN, out, signal: new AbortController().signal, onPage: fail });
  });

  it('is counted once: a second press, a choice that there is not, and what is no answer change nothing', async () => {
    const out = await scratchFolder();
    const { url, ended } = await sitDown(out);
    const { test, trial, choices } = await askedNow(url);
    for (const choice of [choices.length, -1, 0.5, '0', null]) {
      expect((await post(url, 'answer', { test, trial, choice })).status).toBe(400);
    }
    for (const other of [{ test: 'moved' }, { trial: 1 }, { test: 'toString' }, { more: 1 }]) {
      expect((await post(url, 'answer', { test, trial, choice: 0, ...other })).status).toBe(400);
    }
    const presses = [0, 1, 1].map((choice) => post(url, 'answer', { test, trial, choice }));
    const statuses = (await Promise.all(presses)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 400, 400]);
    expect((await post(url, 'answer', { test, trial, choice: 0 })).status).toBe(400);
    expect(await answersOf(out)).toHaveLength(1);
    // Only what is asked now is shown.
    expect((await fetch(`${url}api/pictures/${test}/${trial}/0`)).status).toBe(404);
    expect((await stateOf(url)).progress.answered).toBe(1);
    expect(await (await post(url, 'stop', {})).json()).toMatchObject({ now: { kind: 'stopped' } });
    await ended;
  });

  it('goes on where they stopped, or were interrupted, with the same question; another plan is refused', async () => {
    const out = await scratchFolder();
    const first = await sitDown(out);
    for (let i = 0; i < 3; i++) await post(first.url, 'answer', { ...given(await askedNow(first.url)), choice: 1 });
    const left = await askedNow(first.url);
    await post(first.url, 'stop', {});
    expect((await first.ended).map(({ lines }) => lines.length)).toEqual([2, 1]);
    const interrupt = new AbortController();
    const second = await sitDown(out, {}, interrupt.signal);
    expect(await askedNow(second.url)).toEqual(left);
    await post(second.url, 'answer', { ...given(left), choice: 1 });
    interrupt.abort();
    await expect(second.ended).rejects.toThrow(/abort/);
    expect(await answersOf(out)).toHaveLength(4);
    await expect(sitDown(out, { seed: 4 })).rejects.toMatchObject({ code: 'usage' });
    // Somebody else begins at the beginning.
    const other = await sitDown(out, { name: 'Zoë' } as never);
    expect((await stateOf(other.url)).progress.answered).toBe(0);
    await post(other.url, 'stop', {});
    await other.ended;
    expect((await Promise.all((await eyeFolders(out)).map(readRuns))).map((runs) => runs[0]?.lines.length)).toEqual([
      2, 0,
    ]);
  });

  it('is known by the link alone: secret, Host and Origin are checked', async () => {
    const { url, ended } = await sitDown(await scratchFolder());
    const { port, pathname } = new URL(url);
    const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      new Promise<number | undefined>((done, failed) => {
        const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
          response.resume().on('end', () => done(response.statusCode));
        });
        sent.on('error', failed).end();
      });
    expect(await ask(pathname)).toBe(200);
    expect(await ask('/api/question')).toBe(404);
    expect(await ask(`/${'x'.repeat(32)}/api/question`)).toBe(404);
    expect(await ask(`${pathname}api/question`, { host: `attacker.example:${port}` })).toBe(403);
    expect(await ask(`${pathname}api/question`, { origin: 'https://attacker.example' })).toBe(403);
    expect(await ask(`${pathname}api/stop`, { 'content-type': 'text/plain' }, 'POST')).toBe(403);
    const page = await fetch(url);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
    expect((await stateOf(url)).now.kind).toBe('question');
    await post(url, 'stop', {});
    await ended;
  });

  it('has the digits as keys where digits are chosen from, else the place of the choice', () => {
    expect(choiceKeys(['0', '1', '2'])).toEqual(['0', '1', '2']);
    expect(choiceKeys(['9', '10', '11', '12'])).toEqual(['1', '2', '3', '4']);
    expect(choiceKeys(['left', 'right'])).toEqual(['1', '2']);
  });
});

const given = ({ test, trial }: AskedNow) => ({ test, trial });

describe.skipIf(chromiumPath === undefined)(browserTitle('in Chromium'), { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());

  it.each(['desk', 'phone'] as const)('answers with keys and buttons, and stops (%s)', async (size) => {
    const out = await scratchFolder();
    const { url, ended } = await sitDown(out);
    await using opened = await open(browser, url, { size });
    const { page, incidents } = opened;
    const isAnswered = (count: number) => page.getByText(`${count} answered`).waitFor();
    await isAnswered(0);
    expect(await problems(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    // The ruler's marks are digits; of the two pictures the choices have numbers.
    await page.keyboard.press('7');
    await isAnswered(1);
    await page.getByRole('img', { name: 'Picture 2 of 2' }).waitFor();
    expect(await problems(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.keyboard.press('9');
    await page.keyboard.press('2');
    await isAnswered(2);
    await pressOn(page, page.getByRole('button', { name: '5', exact: true }));
    await isAnswered(3);
    await page.getByRole('button', { name: 'moved' }).click();
    await isAnswered(4);
    await pressOn(page, page.getByRole('button', { name: 'Stop' }));
    await page.getByText('Stopped.').waitFor();
    const runs = await ended;
    expect(runs.map(({ lines }) => lines.map(({ chosen }) => chosen))).toEqual([
      [7, 5],
      [1, 0],
    ]);
    expect(incidents).toEqual([]);
  });
});
