/** The view without a mouse, on a desk and on a phone: following, side by side, asking, and the exported folder. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpisodeObserver } from '../../src/agent/index.js';
import type { Emulators } from '../../src/env-bridge/index.js';
import { findModel } from '../../src/model/index.js';
import { Asker, exportView, idOf, RunList, type ViewServer } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { isTooWide, problems } from './support/axe.js';
import { pressOn, tabTo } from './support/keys-alone.js';
import { at, open, viewOf } from './support/opened-view.js';
import { emulatorsForTests, play } from './support/played.js';

let browser: Browser;
let emulators: Emulators;
let root: string;
let view: ViewServer;

const runs = (name: string): string => join(root, 'runs', name);
const car = { game: 'carracing', seed: 7 } as const;

/** The first decision at which they did not do the same, by their records. */
async function partingOf(one: string, other: string): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map(async (name) => {
      const lines = (await readFile(join(runs(name), 'steps.jsonl'), 'utf8')).trim().split('\n').slice(1);
      return lines.map((line) => (JSON.parse(line) as { executed: number }).executed);
    }),
  );
  return 1 + (a as number[]).findIndex((action, index) => action !== b?.[index]);
}

async function isFine(page: Page): Promise<void> {
  expect(await problems(page)).toEqual([]);
  expect(await isTooWide(page)).toBe(false);
}

const opening = (name: string) => `#open-${idOf(runs(name))}`;
const choosing = (name: string) => `#choose-${idOf(runs(name))}`;

describe.skipIf(chromiumPath === undefined)(browserTitle('keys alone'), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'view-keys-'));
    [browser, emulators] = await Promise.all([launchChromium(), emulatorsForTests()]);
    await play(emulators, { ...car, policy: 'constant:gas', maxDecisions: 25, out: runs('gas') });
    await play(emulators, { ...car, policy: 'expert', maxDecisions: 30, out: runs('expert') });
    const asker = new Asker(await findModel('pae-lamm-mini'), async () => {});
    view = await viewOf([join(root, 'runs')], { asker });
    await exportView(new RunList([join(root, 'runs')]), join(root, 'site'));
  }, 120_000);
  afterAll(async () => {
    await view?.[Symbol.asyncDispose]();
    await browser?.close();
    await emulators?.close();
    await rm(root, { recursive: true, force: true });
  });

  describe.each(['desk', 'phone'] as const)('%s', (size) => {
    it.each(size === 'desk' ? ['server', 'export'] : ['server'])('shows episodes side by side (%s)', async (from) => {
      const address = from === 'server' ? view.url : pathToFileURL(join(root, 'site', 'index.html')).href;
      await using opened = await open(browser, address, { size });
      const { page, incidents } = opened;
      for (const name of ['gas', 'expert']) await pressOn(page, page.locator(choosing(name)), 'Space');
      await pressOn(page, page.getByRole('link', { name: 'Show 2 side by side' }));
      await expect.poll(() => page.locator('.verified').count(), { timeout: 60_000 }).toBe(2);
      await isFine(page);
      const parting = await partingOf('gas', 'expert');
      await pressOn(page, page.getByRole('button', { name: `They part at ${parting}` }));
      await at(page, parting);
      await pressOn(page, page.getByLabel('In step'), 'ArrowDown');
      expect(await page.getByLabel('In step').inputValue()).toBe('time');
      await pressOn(page, page.getByRole('button', { name: 'A decision on' }));
      await page.keyboard.press('ArrowRight');
      await at(page, parting + 2);
      await pressOn(page, page.getByRole('link', { name: 'Link to this view' }));
      await page.reload();
      await at(page, parting + 2);
      expect(await page.getByLabel('In step').inputValue()).toBe('time');
      expect(incidents).toEqual([]);
    });

    it('finds, orders and opens episodes of a folder without a server', async () => {
      await using opened = await open(browser, pathToFileURL(join(root, 'site', 'index.html')).href, { size });
      const { page, incidents } = opened;
      await isFine(page);
      const first = () => page.locator('tbody a').first().textContent();
      // The newest first; by policy it is the other.
      expect(await first()).toContain('expert');
      await tabTo(page, page.getByLabel('Order'));
      for (const sort of ['score', 'decisions', 'seed', 'policy']) {
        await page.keyboard.press('ArrowDown');
        await page.waitForURL(new RegExp(`sort=${sort}`));
        await expect.poll(() => page.getByLabel('Order').evaluate((it) => it.matches(':focus'))).toBe(true);
      }
      expect(await first()).toContain('gas');
      await tabTo(page, page.getByLabel('Search'));
      await page.keyboard.type('gas');
      await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
      await pressOn(page, page.locator(opening('gas')));
      await page.locator('.verified').waitFor();
      await page.keyboard.press('End');
      await at(page, 25);
      await isFine(page);
      expect(incidents).toEqual([]);
    });

    it('asks a model about the picture that stands still', async () => {
      await using opened = await open(browser, `${view.url}#/episodes/${idOf(runs('expert'))}?at=20`, { size });
      const { page, incidents } = opened;
      const answers = page.locator('.answers');
      await page.locator('.given canvas').last().waitFor();
      await tabTo(page, page.getByLabel('Question or expression'));
      await page.keyboard.type('the red car');
      await page.keyboard.press('Enter');
      await answers.locator('pre').waitFor({ timeout: 60_000 });
      await pressOn(page, page.getByRole('button', { name: 'Find it' }));
      await answers.locator('img').waitFor({ timeout: 60_000 });
      await isFine(page);
      await tabTo(page, page.getByLabel('Row'));
      await page.keyboard.type('30');
      await tabTo(page, page.getByLabel('Column'));
      await page.keyboard.type('5');
      await page.keyboard.press('Enter');
      await answers.getByText('Decision 20: row 30, column 5').waitFor({ timeout: 60_000 });
      await answers.getByText('It is ').waitFor();
      await isFine(page);
      expect(incidents).toEqual([]);
    });

    it('leaves a game that is being played, and follows it again', async () => {
      const out = join(root, `live-${size}`);
      await using own = await viewOf([out]);
      await using opened = await open(browser, `${own.url}#/live`, { size });
      const { page, incidents } = opened;
      await page.getByText('Waiting for a game to begin').waitFor();
      await isFine(page);
      let goOn = (): void => {};
      const held = new Promise<void>((done) => {
        goOn = done;
      });
      const waits: EpisodeObserver = { onStep: ({ step }) => (step >= 10 ? held : undefined) };
      const options = { game: 'spaceinvaders', seed: 3, policy: 'random', maxDecisions: 20, out };
      const playing = play(emulators, options, [waits]);
      try {
        await page.locator('.where', { hasText: /^10 of 10, being played/ }).waitFor();
        await page.locator('.meta', { hasText: 'being played' }).waitFor();
        await page.keyboard.press('ArrowLeft');
        await at(page, 9);
        await isFine(page);
        await pressOn(page, page.getByRole('button', { name: 'Follow the game' }));
      } finally {
        goOn();
      }
      await playing;
      await at(page, 20);
      await page.locator('.meta', { hasText: 'stopped' }).waitFor();
      await pressOn(page, page.getByRole('link', { name: 'Follow the next game' }));
      await page.getByText('Waiting for a game to begin').waitFor();
      expect(incidents).toEqual([]);
    });
  });
});
