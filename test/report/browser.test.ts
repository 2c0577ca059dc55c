/** The page as people see it, in a real Chromium: on a desk and on a phone, in light and dark; and under attack. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Report, writeReport } from '../../src/report/index.js';
import { browserTitle, chromiumPath, launchChromium } from './support/chromium.js';
import { HOSTILE_FOLDERS, writeHostileRuns } from './support/hostile-run.js';
import {
  background,
  faintTexts,
  figures,
  focusedLink,
  hiddenThings,
  isTooWide,
  linkTargets,
  marks,
  readingAids,
  strayMarks,
  traces,
  unfoldAll,
} from './support/in-page.mjs';
import { writeSyntheticRun } from './support/synthetic-run.js';

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const VIEWS = (['desktop', 'phone'] as const).flatMap((size) =>
  (['light', 'dark'] as const).map((scheme) => ({ size, scheme })),
);

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Everything the browser said or asked for besides the file itself. */
  readonly incidents: string[];
}

let browser: Browser;
let root: string;

async function open(file: string, { size, scheme }: (typeof VIEWS)[number]): Promise<Opened> {
  const page = await browser.newPage({ viewport: SIZES[size], colorScheme: scheme });
  const incidents: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('console', (message) => incidents.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => incidents.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => request.url() === address || incidents.push(`request: ${request.url()}`));
  page.on('response', (response) => response.url() === address || incidents.push(`response: ${response.url()}`));
  page.on('requestfailed', (request) => incidents.push(`refused: ${request.failure()?.errorText}`));
  page.on('framenavigated', (frame) => frame.url() === address || incidents.push(`navigation: ${frame.url()}`));
  await page.goto(address);
  return { page, incidents, [Symbol.asyncDispose]: () => page.close() };
}

function expectedFigures({ games }: Report): Record<string, number> {
  const figures = games.flatMap(({ policies }, game) =>
    policies.flatMap(({ row }, policy) => {
      const { answers, interval, interquartile_interval: middle } = row;
      const named = {
        ...{ mean: row.mean, 'interval-low': interval?.[0], 'interval-high': interval?.[1], median: row.median },
        ...{ iqm: row.interquartile_mean, 'iqm-interval-low': middle?.[0], 'iqm-interval-high': middle?.[1] },
        ...{ normalised: row.normalised.expert, planned: row.planned, episodes: row.episodes },
        ...{ failed: row.failed, missing: row.missing, decisions: answers.decisions, illegal: answers.illegal },
        ...{
          'parse-failures': answers.parse_failures,
          'model-errors': answers.model_errors,
          timeouts: answers.timeouts,
        },
        ...{ retries: answers.retries, fallbacks: answers.fallbacks },
      };
      return Object.entries(named).flatMap(([name, value]): [string, number][] =>
        value == null ? [] : [[`g${game}-p${policy}-${name}`, value]],
      );
    }),
  );
  return Object.fromEntries(figures);
}

describe.skipIf(chromiumPath === undefined)(browserTitle('in Chromium'), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'report-browser-'));
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await rm(root, { recursive: true, force: true });
  }, 120_000);

  describe('a report of three policies', () => {
    let file: string;
    let report: Report;
    beforeAll(async () => {
      for (const [index, policy] of ['random', 'pae-lamm:models/mini', 'expert:models/expert'].entries()) {
        for (let seed = 100_000; seed < 100_012; seed++) {
          const folder = join(root, 'runs', `${index}-${seed}`);
          const status = seed === 100_005 && index === 1 ? 'failed' : 'finished';
          await writeSyntheticRun(folder, { policy, seed, skill: index / 2, isText: index === 1, status });
          if (seed % 4 === 0) await writeFile(join(folder, 'episode.mp4'), 'a film');
        }
      }
      const written = await writeReport([join(root, 'runs')], join(root, 'report'));
      file = written.files.html;
      report = JSON.parse(await readFile(written.files.json, 'utf8')) as Report;
    }, 60_000);

    it.each(VIEWS)('says what the JSON says, quietly and within its width ($size, $scheme)', async (view) => {
      await using opened = await open(file, view);
      const { page, incidents } = opened;
      expect(await page.evaluate(figures)).toEqual(expectedFigures(report));
      expect(await page.evaluate(isTooWide)).toBe(false);
      expect(await page.evaluate(faintTexts)).toEqual([]);
      await page.evaluate(unfoldAll);
      expect(await page.evaluate(isTooWide)).toBe(false);
      expect(await page.evaluate(faintTexts)).toEqual([]);
      expect(incidents).toEqual([]);
    });

    it('shows every seed in every plot', async () => {
      await using opened = await open(file, { size: 'phone', scheme: 'light' });
      expect(await opened.page.evaluate(marks)).toEqual({
        scores: [12, 11, 12],
        differences: [11, 12, 11],
        lines: [12, 11, 12],
        intervals: [1, 1, 1],
      });
    });

    it('draws marks within their plots, at any width', async () => {
      for (const size of ['desktop', 'phone'] as const) {
        await using opened = await open(file, { size, scheme: 'light' });
        expect(await opened.page.evaluate(strayMarks)).toEqual([]);
      }
    });

    it('leaves nothing out of sight without a word, on a phone either', async () => {
      for (const size of ['desktop', 'phone'] as const) {
        await using opened = await open(file, { size, scheme: 'light' });
        await opened.page.evaluate(unfoldAll);
        expect(await opened.page.evaluate(hiddenThings)).toEqual([]);
      }
    });

    it('is another in the dark, and plain on paper', async () => {
      await using light = await open(file, { size: 'desktop', scheme: 'light' });
      await using dark = await open(file, { size: 'desktop', scheme: 'dark' });
      expect(await light.page.evaluate(background)).not.toBe(await dark.page.evaluate(background));
      await dark.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await dark.page.evaluate(background)).toBe('rgb(255, 255, 255)');
      expect(await dark.page.evaluate(faintTexts)).toEqual([]);
    });

    it('can be read without eyes and without a mouse', async () => {
      await using opened = await open(file, { size: 'desktop', scheme: 'light' });
      const { page } = opened;
      await page.keyboard.press('Tab');
      expect(await page.evaluate(focusedLink)).toBe('#content');
      const aids = await page.evaluate(readingAids);
      expect(aids).toMatchObject({ silentPlots: 0, namelessTables: 0, unreachableBoxes: 0, language: 'en' });
      expect(aids.headings[0]).toBe(1);
      // No level is skipped on the way down.
      for (const [index, level] of aids.headings.entries()) {
        expect(level).toBeLessThanOrEqual((aids.headings[index - 1] ?? 0) + 1);
      }
    });
  });

  describe('a report of hostile records', () => {
    let file: string;
    beforeAll(async () => {
      const runs = join(root, 'attack', 'runs');
      await writeHostileRuns(runs);
      file = (await writeReport([runs], join(root, 'attack', 'report'))).files.html;
    }, 60_000);

    it.each(VIEWS)('runs nothing, asks for nothing and keeps its form ($size, $scheme)', async (view) => {
      await using opened = await open(file, view);
      const { page, incidents } = opened;
      await page.evaluate(unfoldAll);
      await page.mouse.move(200, 400);
      const found = await page.evaluate(traces);
      expect(found).toMatchObject({ attacked: false, foreign: 0, handlers: [], styles: 1 });
      expect(found.letters).toBeGreaterThan(1000);
      expect(await page.evaluate(isTooWide)).toBe(false);
      expect(incidents).toEqual([]);
    });

    it('links to videos in the runs alone, and shows nothing from outside them', async () => {
      await using opened = await open(file, { size: 'desktop', scheme: 'light' });
      const links = await opened.page.evaluate(linkTargets);
      const videos = links.filter((link) => !link.startsWith(`${pathToFileURL(file).href}#`));
      const allowed = HOSTILE_FOLDERS.map((name) => join(root, 'attack', 'runs', name, 'episode.mp4'));
      expect(new Set(videos.map((link) => fileURLToPath(link)))).toEqual(new Set(allowed));
      expect(await readFile(file, 'utf8')).not.toContain('TOP-SECRET');
    });

    it('would stop a script that got into the page', async () => {
      const injected = join(root, 'attack', 'injected.html');
      const page = await readFile(file, 'utf8');
      const script =
        '<script>window.attacked=1</script><img src="https://attacker.example/x" onerror="window.attacked=2">';
      await writeFile(injected, page.replace('</main>', `${script}</main>`));
      await using opened = await open(injected, { size: 'desktop', scheme: 'light' });
      expect((await opened.page.evaluate(traces)).attacked).toBe(false);
      expect(opened.incidents.filter((incident) => incident.startsWith('response:'))).toEqual([]);
      expect(opened.incidents).toContain('refused: csp');
      expect(opened.incidents.join()).toContain('Content Security Policy');
    });
  });
});
