/** What the page tells of a queue's workers, in a real Chromium. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QueueProgress, removeQueueProgress, writeQueueProgress } from '../../src/evaluation/index.js';
import type { ViewServer } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { isTooWide, problems } from './support/axe.js';
import { open, SIZES, viewOf } from './support/opened-view.js';

let browser: Browser;
let root: string;
let run: string;
let view: ViewServer;

const LONG = `${'n'.repeat(60)}-123456-abcdef`;

/** As if written a little later: what is half a minute old is shown no more, and a busy machine may take longer. */
const tell = (change: Partial<QueueProgress> = {}): Promise<void> =>
  writeQueueProgress(run, {
    ...{ written: new Date(Date.now() + 25_000).toISOString(), open: 1200, accepted: 300, refused: 2 },
    ...{ perSecond: 3.14, workers: 4 },
    shown: [
      { worker: 'host-1-aa', row: 'carracing expert', active: 8, played: 130 },
      { worker: '<img src=x onerror=alert(1)>', row: null, active: 0, played: 170 },
      { worker: LONG, row: 'carracing random', active: 1, played: 0 },
    ],
    ...change,
  });

describe.skipIf(chromiumPath === undefined)(browserTitle("a queue's workers in the page"), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'view-queue-'));
    run = join(root, 'big');
    await mkdir(run);
    await writeFile(join(run, 'evaluation.json'), '{}');
    [browser, view] = await Promise.all([launchChromium(), viewOf([root])]);
  }, 120_000);
  afterAll(async () => {
    await view?.[Symbol.asyncDispose]();
    await browser?.close();
    await rm(root, { recursive: true, force: true });
  });

  it('are told by name, stay open and in focus while the numbers change, and go with their coordinator', async () => {
    await tell();
    await using opened = await open(browser, view.url);
    const { page, incidents } = opened;
    const panel = page.locator('details.queue');
    const summary = panel.locator('summary');
    await summary.waitFor();
    expect(await summary.textContent()).toBe(
      'big: 300 episodes came in, 1,200 open, 3.1 episodes/s, 2 answers refused, 4 workers',
    );
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await panel.locator('li').allTextContents()).toEqual([
      'host-1-aa: carracing expert, 8 being played, 130 played',
      '<img src=x onerror=alert(1)>: waits, 0 being played, 170 played',
      `${LONG}: carracing random, 1 being played, 0 played`,
      'and 1 more',
    ]);
    await tell({ accepted: 301, open: 1199 });
    await panel.getByText('301 episodes came in, 1,199 open').waitFor();
    expect(await panel.evaluate((it) => it.matches('[open]'))).toBe(true);
    expect(await summary.evaluate((it) => it.matches(':focus'))).toBe(true);
    await removeQueueProgress(run);
    await panel.waitFor({ state: 'detached' });
    expect(incidents).toEqual([]);
  });

  it.each(Object.keys(SIZES) as (keyof typeof SIZES)[])('can be read by everybody (%s)', async (size) => {
    await tell();
    await using opened = await open(browser, view.url, { size, scheme: size === 'phone' ? 'dark' : 'light' });
    const { page } = opened;
    await page.locator('details.queue summary').click();
    await page.getByText('and 1 more').waitFor();
    expect(await isTooWide(page)).toBe(false);
    expect(await problems(page)).toEqual([]);
  });
});
