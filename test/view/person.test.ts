/** A person plays in the page, with keys: the record is as any other, replays, and can be learnt from. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromVectorEnv, loadGame } from '../../src/agent/index.js';
import { collect, Dataset } from '../../src/datasets/index.js';
import { type Emulators, makeVectorEnv } from '../../src/env-bridge/index.js';
import { runEvaluation } from '../../src/evaluation/index.js';
import { createPolicy } from '../../src/players/index.js';
import { openRecord, type StepLine } from '../../src/record/index.js';
import { recordedEnv, verifyEpisode } from '../../src/replay/index.js';
import { Seat, type ViewServer } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { isTooWide, problems } from './support/axe.js';
import { pressOn } from './support/keys-alone.js';
import { open, viewOf } from './support/opened-view.js';
import { emulatorsForTests, signal } from './support/played.js';

let browser: Browser;
let emulators: Emulators;
let root: string;
let seat: Seat;
let view: ViewServer;

/** Waits for a moment of the game, as far as the page shows it. */
async function moment(page: Page, step: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      type Shown = { dataset: { step?: string } } | null;
      const { document } = globalThis as unknown as { document: { querySelector(of: string): Shown } };
      return Number(document.querySelector('main.human canvas')?.dataset.step ?? -1) >= wanted;
    },
    step,
    { polling: 20 },
  );
}

async function linesOf(folder: string): Promise<StepLine[]> {
  const texts = (await readFile(join(folder, 'steps.jsonl'), 'utf8')).trim().split('\n').slice(1);
  return texts.map((text) => JSON.parse(text) as StepLine);
}

describe.skipIf(chromiumPath === undefined)(browserTitle('a person at the keys'), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'view-person-'));
    [browser, emulators] = await Promise.all([launchChromium(), emulatorsForTests()]);
    seat = new Seat();
    view = await viewOf([root], { seat });
  }, 120_000);
  afterAll(async () => {
    await view?.[Symbol.asyncDispose]();
    await browser?.close();
    await emulators?.close();
    await rm(root, { recursive: true, force: true });
  });

  it.each(['desk', 'phone'] as const)(
    'plays an evaluation with keys alone: record, replay and row are as of any policy (%s)',
    async (size) => {
      const out = join(root, size);
      await using opened = await open(browser, `${view.url}#/play`, { size });
      const { page, incidents } = opened;
      const evaluating = runEvaluation({
        games: ['spaceinvaders'],
        policies: ['human', 'noop'],
        seeds: '100000',
        maxDecisions: 40,
        out,
        person: seat,
        parallel: 4,
        processes: 1,
        signal,
      });
      await page.getByText('Press Start, or Enter.').waitFor();
      expect(await problems(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      // Other keys, before the game begins.
      await pressOn(page, page.getByRole('button', { name: 'change the keys of right', exact: true }));
      await page.getByText('press keys …').waitFor();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press('d');
      await page.getByText('D', { exact: true }).first().waitFor();
      await pressOn(page, page.getByRole('button', { name: 'Start' }));
      await moment(page, 4);
      await page.keyboard.down('d');
      await moment(page, 14);
      await page.keyboard.up('d');
      await page.keyboard.down('Space');
      await moment(page, 20);
      await page.keyboard.up('Space');
      await page.keyboard.press('Enter');
      await page.getByText('paused').waitFor();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press('Enter');
      const { results } = await evaluating;
      await page.getByText('The episode is over.').waitFor();
      expect(await problems(page)).toEqual([]);
      expect(incidents).toEqual([]);

      const folder = join(out, 'episodes', 'spaceinvaders', 'human', '100000');
      const lines = await linesOf(folder);
      const names = loadGame('spaceinvaders').actions.map(({ name }) => name);
      const done = lines.map(({ executed }) => names[executed as number]);
      expect(done.filter((name) => name === 'right').length).toBeGreaterThanOrEqual(5);
      expect(done).toContain('fire');
      expect(done[0]).toBe('noop');
      // Answered where the keys changed, with the time since they changed before; held in between.
      for (const [index, line] of lines.entries()) {
        const isNew = index === 0 || line.executed !== lines[index - 1]?.executed;
        expect(line.origin, `step ${line.step}`).toBe(isNew ? undefined : 'held');
      }
      const right = lines.find(({ executed }) => names[executed as number] === 'right');
      // Three moments of 67 ms at least had gone by.
      expect(right?.policyMs).toBeGreaterThan(130);
      const record = await openRecord(folder);
      const verified = await verifyEpisode(record, recordedEnv({ emulators }));
      expect(verified.difference).toBeNull();
      expect(results.rows.map(({ policy, episodes }) => `${policy} ${episodes}`)).toEqual(['human 1', 'noop 1']);
    },
  );

  it('may play on a screen without keys, and leave: what was played until then is whole', async () => {
    await using opened = await open(browser, `${view.url}#/play`, { size: 'phone' });
    const { page } = opened;
    const game = loadGame('spaceinvaders');
    const folder = join(root, 'demonstrations');
    const { env, ...settings } = game.emulator;
    await using driver = await createPolicy('human', { game, person: seat });
    const environments = fromVectorEnv(await makeVectorEnv(env, { ...settings, emulators, count: 1 }));
    const collecting = collect({ folder, game, driver, labeller: driver, seeds: [11], groups: [environments], signal });
    await page.getByText('Press Start, or Enter.').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    const left = await page.getByRole('button', { name: 'left', exact: true }).boundingBox();
    await page.mouse.move((left?.x ?? 0) + 5, (left?.y ?? 0) + 5);
    await page.mouse.down();
    await moment(page, 10);
    await page.mouse.up();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused').waitFor();
    await page.getByRole('button', { name: 'Leave the game' }).click();
    await collecting;
    using dataset = await Dataset.open(folder);
    expect(dataset.stepCount).toBeGreaterThanOrEqual(10);
    const wanted = game.actions.findIndex(({ name }) => name === 'left');
    const labels = Array.from({ length: dataset.stepCount }, (_, index) => dataset.step(index).label);
    expect(labels.filter((label) => label === wanted).length).toBeGreaterThanOrEqual(5);
  });

  it('is told where nobody can play', async () => {
    await using own = await viewOf([root]);
    await using opened = await open(browser, `${own.url}#/play`);
    await opened.page.getByText('Nobody plays at this page.').waitFor();
  });
});
