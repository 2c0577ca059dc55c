/** The view as people use it, in a real Chromium: with the mouse and with keys alone, on a desk and on a phone. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulators } from '../../src/env-bridge/index.js';
import { openRecord } from '../../src/record/index.js';
import { recordedEnv, replaySteps } from '../../src/replay/index.js';
import { viewOfRecord } from '../../src/video/index.js';
import { idOf, type RunList, type ViewServer } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { isTooWide, problems } from './support/axe.js';
import { at, hashOf, open, pixelsOf, viewOf } from './support/opened-view.js';
import { emulatorsForTests, play } from './support/played.js';

let browser: Browser;
let emulators: Emulators;
let root: string;
let view: ViewServer & { readonly list: RunList };

const runs = (name: string): string => join(root, name);
const link = (...names: string[]): string => `${view.url}#/episodes/${names.map((name) => idOf(runs(name))).join(',')}`;

/** Steps of a record as the emulator gives them again, and what its policy was given for each. */
async function replayed(name: string) {
  const record = await openRecord(runs(name));
  const look = await viewOfRecord(record.manifest);
  const env = await recordedEnv({ emulators })(record.manifest, { render: true });
  const steps: { frame: string; given: string[] }[] = [];
  let next: string[] = [];
  for await (const { played, line } of replaySteps(record, env, { framesAt: () => true })) {
    const [count = 0, height = 0, width = 0] = played.frames?.shape ?? [];
    const frame = hashOf(played.frames?.data.subarray((count - 1) * height * width * 3) ?? []);
    const given = next;
    next = look(played.observation).map(({ data }) => hashOf(data));
    steps.push({ frame, given: line.step === 0 ? next : given });
  }
  await env.close();
  return steps;
}

describe.skipIf(chromiumPath === undefined)(browserTitle('the view in Chromium'), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'view-'));
    [browser, emulators] = await Promise.all([launchChromium(), emulatorsForTests()]);
    const invaders = { game: 'spaceinvaders', seed: 3 } as const;
    await play(emulators, { ...invaders, policy: 'pae-lamm', maxDecisions: 8, out: runs('model') });
    await play(emulators, { ...invaders, policy: 'constant:fire', maxDecisions: 40, out: runs('fire') });
    await play(emulators, { game: 'carracing', seed: 7, policy: 'expert', maxDecisions: 20, out: runs('car') });
    await cp(runs('car'), runs('other'), { recursive: true });
    const manifest = join(runs('other'), 'manifest.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replaceAll('"seed": 7', '"seed": 8'));
    view = await viewOf([root]);
  }, 120_000);
  afterAll(async () => {
    await view?.[Symbol.asyncDispose]();
    await browser?.close();
    await emulators?.close();
    await rm(root, { recursive: true, force: true });
  });

  it.each(['desk', 'phone'] as const)('is reached, stepped and scrubbed with keys alone (%s)', async (size) => {
    await using opened = await open(browser, view.url, { size });
    const { page, incidents } = opened;
    const entry = page.locator(`#open-${idOf(runs('fire'))}`);
    await entry.waitFor();
    for (let tabs = 0; tabs < 40 && !(await entry.evaluate((it) => it.matches(':focus'))); tabs++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await at(page, 0);
    for (const [key, step] of [
      ['ArrowRight', 1],
      ['Shift+ArrowRight', 11],
      ['ArrowLeft', 10],
      ['End', 40],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key);
      await at(page, step);
    }
    await page.locator('input[type=range]').focus();
    await page.keyboard.press('PageDown');
    await at(page, 10);
    await page.keyboard.press('k');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('k');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(incidents).toEqual([]);
  });

  it('shows the very pixels of game and policy, the words, and that all came out as recorded', async () => {
    const steps = await replayed('model');
    await using opened = await open(browser, `${link('model')}?at=5`);
    const { page, incidents } = opened;
    await page.getByText('every picture, reward and flag came out as recorded').waitFor();
    await at(page, 5);
    const [line] = (await readFile(join(runs('model'), 'steps.jsonl'), 'utf8')).split('\n').slice(5);
    const { raw, usage } = JSON.parse(line as string) as { raw: string; usage: { promptTokens: number } };
    await page.getByText(raw, { exact: true }).waitFor();
    await page.locator('.given canvas').nth(3).waitFor();
    await page.locator('.stage canvas[data-shown]').waitFor();
    expect(hashOf(await pixelsOf(page, '.stage canvas'))).toBe(steps[5]?.frame);
    for (const [nth, given] of (steps[5]?.given ?? []).entries()) {
      expect(hashOf(await pixelsOf(page, '.given canvas', nth))).toBe(given);
    }
    expect(await page.locator('.bars li').count()).toBe(6);
    expect(await page.locator('.sights').textContent()).toMatch(/cannon: column \d+.*stand: column \d+.*bomb/);
    expect(await page.locator('.words').textContent()).toContain(`${usage.promptTokens} of the prompt`);
    await page.getByText('Prompt', { exact: true }).click();
    expect(await page.locator('.message').textContent()).toContain('[picture 4]');
    // A click on a chart goes there.
    const box = await page.locator('[data-chart=score] svg').boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) - 1, (box?.y ?? 0) + 5);
    await at(page, 8);
    expect(incidents).toEqual([]);
  });

  it('says at which step a record is not what the emulator does', async () => {
    await using opened = await open(browser, link('other'));
    await opened.page.getByText(/Not as recorded at decision 0: observation was [0-9a-f]{32}/).waitFor();
  });

  it('puts episodes side by side, marks where they part, and opens the same view by its link', async () => {
    await using opened = await open(browser, view.url);
    const { page } = opened;
    for (const name of ['fire', 'model']) await page.locator(`#choose-${idOf(runs(name))}`).check();
    await page.getByRole('link', { name: 'Show 2 side by side' }).click();
    const actions = async (name: string) =>
      (await readFile(join(runs(name), 'steps.jsonl'), 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .map((text) => (JSON.parse(text) as { executed: number }).executed);
    const [fire, model] = await Promise.all([actions('fire'), actions('model')]);
    const parting = model.findIndex((action, index) => action !== fire[index]) + 1;
    await page.getByText(`They first part at decision ${parting}.`).waitFor();
    await page.getByRole('button', { name: `They part at ${parting}` }).click();
    await at(page, parting);
    expect(await page.locator('.parting').count()).toBeGreaterThan(0);
    await page.getByLabel('In step').selectOption('time');
    await page.keyboard.press('Shift+ArrowRight');
    await at(page, parting + 10);
    // The shorter one stands at its end.
    await page.locator('.panel', { hasText: 'pae-lamm' }).getByText('Decision 8', { exact: true }).waitFor();
    const address = await page
      .getByRole('link', { name: 'Link to this view' })
      .evaluate((it) => (it as unknown as { href: string }).href);
    await using again = await open(browser, address);
    await at(again.page, parting + 10);
    expect(await again.page.getByLabel('In step').inputValue()).toBe('time');
    expect(await again.page.locator('.panel').count()).toBe(2);
  });

  it('follows a game while it is played, to its end', async () => {
    await using opened = await open(browser, `${view.url}#/live`);
    const { page } = opened;
    await page.getByText('Waiting for a game to begin').waitFor();
    const slow = { onStep: () => new Promise<void>((done) => setTimeout(done, 25)) };
    const playing = play(
      emulators,
      { game: 'spaceinvaders', seed: 5, policy: 'random', maxDecisions: 80, out: runs('live') },
      [slow],
    );
    await page.locator('.where', { hasText: 'being played' }).waitFor();
    const seen = Number((await page.locator('.where').textContent())?.match(/^\d+/)?.[0]);
    await playing;
    await at(page, 80);
    expect(seen).toBeLessThan(80);
    await page.getByText('every picture, reward and flag came out as recorded').waitFor();
  });

  it('shows the own pictures of a game that is followed, and full ones on a pause and when it is over', async () => {
    await using opened = await open(browser, `${view.url}#/live`);
    const { page, incidents } = opened;
    // However slow the page is, the game waits for it near its end.
    let goOn = (): void => {};
    const looked = new Promise<void>((done) => {
      goOn = done;
    });
    const slow = {
      onStep: ({ step }: { step: number }) =>
        step === 140 ? looked : new Promise<void>((done) => setTimeout(done, step < 140 ? 40 : 0)),
    };
    const playing = play(
      emulators,
      { game: 'carracing', seed: 5, policy: 'expert', maxDecisions: 150, out: runs('moving') },
      [slow],
    );
    const canvas = page.locator('.stage canvas');
    const size = (): Promise<number[]> =>
      canvas.evaluate((it) => [Number(it.getAttribute('width')), Number(it.getAttribute('height'))]);
    const patient = { timeout: 60_000 };
    await expect.poll(size, patient).toEqual([96, 96]);
    await page.getByText('Live, as the policy is given it').waitFor();
    const shown = async (): Promise<string> => hashOf(await pixelsOf(page, '.stage canvas'));
    const first = await shown();
    await expect.poll(shown, patient).not.toBe(first);
    expect(await size()).toEqual([96, 96]);
    expect(await page.locator('.given canvas').count()).toBe(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(size, patient).toEqual([600, 400]);
    await page.locator('.given canvas').nth(3).waitFor();
    const paused = Number((await page.locator('.where').textContent())?.match(/^\d+/)?.[0]);
    await page.getByRole('button', { name: 'Follow the game' }).click();
    await expect.poll(size, patient).toEqual([96, 96]);
    goOn();
    await playing;
    await at(page, 150);
    await page.getByText('every picture, reward and flag came out as recorded').waitFor(patient);
    await expect.poll(size, patient).toEqual([600, 400]);
    expect(paused).toBeLessThan(150);
    expect(incidents).toEqual([]);
  });

  const looks = (['desk', 'phone'] as const).flatMap((size) =>
    (['light', 'dark'] as const).map((scheme) => ({ size, scheme })),
  );
  it.each(looks)('has no serious problem for axe-core, and fits ($size, $scheme)', async (look) => {
    for (const address of [view.url, `${link('model')}?at=5`, link('fire', 'model'), `${view.url}#/episodes/0`]) {
      await using opened = await open(browser, address, look);
      await opened.page.locator('.verified, .episodes td, .bad').first().waitFor();
      expect(await problems(opened.page)).toEqual([]);
      expect(await isTooWide(opened.page)).toBe(false);
    }
  });
});
