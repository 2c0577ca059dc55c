/**
 * `agent view` in a real Chromium: how soon ten thousand episodes are listed, how many pictures a second are shown of
 * one and of four episodes of CarRacing, how long scrubbing through ten thousand decisions stops the page, and what
 * following a game takes off its speed. The peer of the last is the same game without a page.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { bundleViewPage } from '../scripts/lib/view-page.mjs';
import { type Emulators, startEmulators } from '../src/env-bridge/index.js';
import { openStage } from '../src/evaluation/index.js';
import { idOf, RunList, startView, type ViewServer } from '../src/view/index.js';
import { launchChromium } from '../test/report/support/chromium.js';
import { type BenchmarkRow, fromEnvironment, row } from './benchmark.js';
import { followedSpeeds } from './lib/followed-speed.js';
import { writeManyRuns } from './lib/many-runs.js';
import { median } from './lib/sampling.js';

const SECONDS = 5;
const SCRUBS = 100;

export default async function measure(): Promise<BenchmarkRow[]> {
  const episodes = fromEnvironment('BENCH_EPISODES', 10_000);
  const decisions = fromEnvironment('BENCH_DECISIONS', 10_000);
  const rounds = fromEnvironment('BENCH_ROUNDS', 5);
  const root = await mkdtemp(join(tmpdir(), 'bench-view-'));
  await bundleViewPage();
  const browser = await launchChromium(UNLIMITED);
  try {
    const listing = await listed(browser, join(root, 'many'), episodes);
    await using emulators = await startEmulators({ processes: 1 });
    const shown = await playedAndShown(browser, emulators, join(root, 'shown'));
    const scrubbing = await scrubbed(browser, emulators, join(root, 'long'), decisions);
    await browser.close();
    const { followed, alone } = await followedSpeeds(join(root, 'games'), rounds);
    return [
      row(`a folder of ${episodes} episodes listed for the first time`, listing.first, null, 's', '<= 1'),
      row('the same, asked for again', listing.again, null, 's', null),
      row('pictures of one CarRacing episode shown', shown.one, null, '1/s', '>= 60'),
      row('pictures of each of four, side by side', shown.four, null, '1/s', '>= 30'),
      row(`scrubbing through ${decisions} decisions: longest pause`, scrubbing.pause, null, 'ms', '<= 100'),
      row('the same: a place asked for until it is shown, p50', scrubbing.typical, null, 'ms', null),
      row('the same: until its picture is there, p50', scrubbing.picture, null, 'ms', null),
      row('a game that is followed, against the same alone', followed, alone, 'decisions/s', '>= 0.95'),
    ];
  } finally {
    await browser.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** As many pictures as the page can draw, and not as many as a screen would show. */
const UNLIMITED = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

async function serverOf(root: string): Promise<ViewServer> {
  return startView({ list: new RunList([root]) });
}

async function listed(browser: Browser, root: string, episodes: number): Promise<{ first: number; again: number }> {
  await writeManyRuns(root, episodes);
  await using view = await serverOf(root);
  const page = await browser.newPage();
  const once = async (): Promise<number> => {
    await page.goto('about:blank');
    const began = performance.now();
    await page.goto(view.url);
    await page.locator('.episodes tbody tr').nth(99).waitFor();
    return (performance.now() - began) / 1000;
  };
  const [first, again] = [await once(), await once()];
  const head = await page.locator('.meta').first().textContent();
  if (!head?.startsWith(`${episodes.toLocaleString('en-US')} episodes`)) throw new Error(`the list says ${head}`);
  await page.close();
  return { first, again };
}

async function playedAndShown(
  browser: Browser,
  emulators: Emulators,
  root: string,
): Promise<{ one: number; four: number }> {
  // All of them drive on for longer than is measured, at twice the speed of the game.
  const policies = ['expert', 'pae-lamm', 'frozen', 'noop'];
  for (const policy of policies) await play(emulators, join(root, policy), { game: 'carracing', seed: 7, policy });
  await using view = await serverOf(root);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const one = await shownPerSecond(page, `${view.url}#/episodes/${idOf(join(root, 'expert'))}?speed=2`, 1);
  const ids = policies.map((policy) => idOf(join(root, policy)));
  const four = await shownPerSecond(page, `${view.url}#/episodes/${ids.join(',')}?speed=2`, 4);
  await page.close();
  return { one, four };
}

/** Of the episode that was shown least. */
async function shownPerSecond(page: Page, address: string, count: number): Promise<number> {
  await page.goto('about:blank');
  await page.goto(address);
  await page
    .locator('.verified')
    .nth(count - 1)
    .waitFor({ timeout: 300_000 });
  await page.keyboard.press('k');
  await page.waitForTimeout(1000);
  const shown = (): Promise<number[]> =>
    page
      .locator('.stage canvas')
      .evaluateAll((all) => all.map((it) => Number((it as unknown as { dataset: { shown: string } }).dataset.shown)));
  const before = await shown();
  const began = performance.now();
  await page.waitForTimeout(SECONDS * 1000);
  const after = await shown();
  const seconds = (performance.now() - began) / 1000;
  return Math.min(...after.map((value, index) => value - (before[index] ?? 0))) / seconds;
}

async function play(
  emulators: Emulators,
  out: string,
  options: { game?: string; env?: string; seed: number; policy: string; maxDecisions?: number },
): Promise<void> {
  await using stage = await openStage({ ...options, out }, emulators, new AbortController().signal);
  const { error } = await stage.play([]);
  if (error) throw error;
}

/** A game of Atari in which somebody who does nothing lives on. */
const ENDLESS = 'ALE/MontezumaRevenge-v5';

async function scrubbed(
  browser: Browser,
  emulators: Emulators,
  root: string,
  decisions: number,
): Promise<{ pause: number; typical: number; picture: number }> {
  const out = join(root, 'endless');
  await play(emulators, out, { env: ENDLESS, seed: 1, policy: 'noop', maxDecisions: decisions });
  await using view = await serverOf(root);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${view.url}#/episodes/${idOf(out)}`);
  await page.locator('.verified').waitFor({ timeout: 600_000 });
  // tsx gives functions their names by a helper that the page does not have.
  await page.evaluate('globalThis.__name = (it) => it');
  const found = await page.evaluate(scrub, { scrubs: SCRUBS, decisions });
  await page.close();
  return { pause: Math.max(...found.pauses), typical: median(found.words), picture: median(found.pictures) };
}

/** In the page: jumps about, and looks how long each takes and how long the page ever stood still. */
async function scrub({ scrubs, decisions }: { scrubs: number; decisions: number }) {
  interface Element {
    value: string;
    textContent: string | null;
    dataset: { shown?: string };
    dispatchEvent(event: unknown): void;
  }
  const { document, requestAnimationFrame, Event } = globalThis as unknown as {
    document: { querySelector(of: string): Element };
    requestAnimationFrame(act: () => void): void;
    Event: new (name: string) => unknown;
  };
  const slider = document.querySelector('input[type=range]');
  const where = document.querySelector('.where');
  const canvas = document.querySelector('.stage canvas');
  const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(done));
  const [words, pictures, pauses] = [[], [], []] as [number[], number[], number[]];
  let before = performance.now();
  const stood = (): void => {
    pauses.push(performance.now() - before);
    before = performance.now();
  };
  for (let index = 0; index < scrubs; index++) {
    const step = 1 + ((index * 7919) % (decisions - 1));
    const shown = canvas.dataset.shown;
    const began = performance.now();
    slider.value = String(step);
    slider.dispatchEvent(new Event('input'));
    while (!where.textContent?.startsWith(`${step} of`)) {
      await frame();
      stood();
    }
    words.push(performance.now() - began);
    while (canvas.dataset.shown === shown && performance.now() - began < 2000) {
      await frame();
      stood();
    }
    pictures.push(performance.now() - began);
  }
  return { words, pictures, pauses };
}
