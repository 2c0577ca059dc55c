/** A model that is asked about a picture that stands still, and a folder that shows episodes without a server. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulators } from '../../src/env-bridge/index.js';
import { findModel } from '../../src/model/index.js';
import { Asker, exportView, idOf, RunList } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { writeHostileRuns } from '../report/support/hostile-run.js';
import { at, hashOf, open, pixelsOf, viewOf } from './support/opened-view.js';
import { emulatorsForTests, play } from './support/played.js';

let browser: Browser;
let emulators: Emulators;
let root: string;
let run: string;

describe.skipIf(chromiumPath === undefined)(browserTitle('asking and exporting'), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'view-asking-'));
    run = join(root, 'runs', 'car');
    [browser, emulators] = await Promise.all([launchChromium(), emulatorsForTests()]);
    await play(emulators, { game: 'carracing', seed: 7, policy: 'random', maxDecisions: 70, out: run });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await emulators?.close();
    await rm(root, { recursive: true, force: true });
  });

  it('answers in words, for a pixel, and with a mask; by mouse and by keys', async () => {
    const asker = new Asker(await findModel('pae-lamm-mini'), async () => {});
    await using view = await viewOf([run], { asker });
    await using opened = await open(browser, `${view.url}#/episodes/${idOf(run)}?at=30`);
    const { page, incidents } = opened;
    const newest = page.locator('.given canvas').last();
    await newest.waitFor();
    const answers = page.locator('.answers');
    await page.getByLabel('Row').fill('60');
    await page.getByLabel('Column').fill('10');
    await page.getByLabel('Column').press('Enter');
    await answers.getByText('It is ').waitFor({ timeout: 60_000 });
    const pixels = await pixelsOf(page, '.given canvas', 1);
    const colour = [...pixels].slice((60 * 96 + 10) * 3, (60 * 96 + 10) * 3 + 3);
    const told = (await answers.textContent()) ?? '';
    expect(told).toContain(`It is ${colour.join(', ')}.`);
    const said = /It says (\d+), (\d+), (\d+)\./.exec(told)?.slice(1).map(Number) ?? [];
    // The model's mean error on game frames is about 1.5 of 255; grass is easy.
    for (const [channel, value] of said.entries()) expect(Math.abs(value - (colour[channel] ?? 0))).toBeLessThan(40);
    expect(said).toHaveLength(3);
    // A click on the game's own picture means the same place of what the policy was given.
    await page.locator('.stage canvas').click({ position: { x: 10, y: 10 } });
    await answers.getByText(/row \d, column \d,? ?/).waitFor();
    await page.getByLabel('Question or expression').fill('How many cars are there?');
    await page.keyboard.press('Enter');
    await answers.getByText('Decision 30: How many cars are there?').waitFor({ timeout: 60_000 });
    await answers.locator('pre').waitFor();
    await page.getByLabel('Question or expression').fill('the red car');
    await page.getByRole('button', { name: 'Find it' }).click();
    await answers.locator('img').waitFor({ timeout: 60_000 });
    expect(incidents).toEqual([]);
  });

  it('a folder shows its episodes from the file system, with the same pictures', async () => {
    await using view = await viewOf([run]);
    await using live = await open(browser, `${view.url}#/episodes/${idOf(run)}?at=66`);
    await live.page.locator('.stage canvas[data-shown]').waitFor();
    const site = join(root, 'site');
    const exported = await exportView(new RunList([join(root, 'runs')]), site);
    expect(exported).toMatchObject({ episodes: 1, troubled: [] });
    await using opened = await open(browser, pathToFileURL(join(site, 'index.html')).href, { size: 'phone' });
    const { page, incidents } = opened;
    await page.locator(`#open-${idOf(run)}`).click();
    await page.getByText('every picture, reward and flag came out as recorded').waitFor();
    await page.keyboard.press('End');
    await at(page, 70);
    for (let step = 69; step >= 66; step--) {
      await page.keyboard.press('ArrowLeft');
      await at(page, step);
    }
    await page.getByText('Decision 66', { exact: true }).waitFor();
    await page.waitForTimeout(300);
    // Scripts of files may not read pixels of pictures that were drawn from elsewhere; these come out of a script.
    expect(hashOf(await pixelsOf(page, '.stage canvas'))).toBe(hashOf(await pixelsOf(live.page, '.stage canvas')));
    expect(incidents).toEqual([]);
    await expect(page.locator('.ask').count()).resolves.toBe(0);
  });

  it('exports what an attacker wrote as text, and says which records are not true', async () => {
    const runs = join(root, 'hostile');
    await writeHostileRuns(runs);
    const site = join(root, 'hostile-site');
    const exported = await exportView(new RunList([runs]), site);
    expect(exported.troubled.length).toBe(exported.episodes);
    expect(await readFile(join(site, 'index.html'), 'utf8')).not.toContain('attacked');
    const episodes = await readdir(join(site, 'episodes'));
    const index = pathToFileURL(join(site, 'index.html')).href;
    for (const address of [index, ...episodes.map((episode) => `${index}#/episodes/${episode}?at=1`)]) {
      await using opened = await open(browser, address);
      await opened.page.locator('main h1').waitFor();
      await opened.page.waitForTimeout(300);
      expect(await opened.page.evaluate(() => (globalThis as { attacked?: unknown }).attacked)).toBeUndefined();
      expect(opened.incidents).toEqual([]);
    }
  });
});
