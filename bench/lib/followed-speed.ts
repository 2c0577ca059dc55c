/** The speed of a game that a page follows, and of the same game without one, in turns. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '../../src/core/project-paths.js';
import { launchChromium } from '../../test/report/support/chromium.js';
import { median } from './sampling.js';

/**
 * Long enough that opening the page, which takes a second of a core, is little of it. Its model computes on all cores,
 * so whatever the page takes is taken from the game.
 */
const GAME = ['play', '--game', 'spaceinvaders', '--policy', 'pae-lamm', '--seed', '7'];

/** Decisions a second, the median of so many rounds. */
export async function followedSpeeds(root: string, rounds: number): Promise<{ followed: number; alone: number }> {
  // A browser as people have it: one that draws as often as it can takes a core for itself.
  const browser = await launchChromium();
  const [followed, alone] = [[], []] as [number[], number[]];
  for (let round = 0; round <= rounds; round++) {
    const without = join(root, `alone-${round}`);
    await execa(join(projectRoot, 'agent'), [...GAME, '--out', without, '--quiet']);
    const beside = join(root, `followed-${round}`);
    await playFollowed(browser, beside);
    if (round === 0) continue; // warms both up
    alone.push(await speedOf(without));
    followed.push(await speedOf(beside));
  }
  await browser.close();
  return { followed: median(followed), alone: median(alone) };
}

async function playFollowed(browser: Browser, out: string): Promise<void> {
  const playing = execa(join(projectRoot, 'agent'), [...GAME, '--out', out, '--view']);
  const link = await new Promise<string>((done, failed) => {
    let told = '';
    playing.stderr.on('data', (part) => {
      told += part;
      const found = /follow the game at (\S+)/.exec(told)?.[1];
      if (found) done(found);
    });
    playing.catch(failed);
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(link);
  // From the beginning to the end, or it would be a game that is half alone.
  const seenFrom = await shownWhen(page, ', being played');
  const seenTo = await shownWhen(page, '', ', being played');
  await page.close();
  await playing;
  const decisions = await decisionsOf(out);
  if (seenFrom > decisions / 4 || seenTo < decisions) {
    throw new Error(`the page followed decisions ${seenFrom} to ${seenTo} of ${decisions}: that is not the game`);
  }
}

interface Where {
  readonly textContent: string | null;
}

/** The decision that is shown when the line below the picture first has one word and not the other. */
async function shownWhen(page: Page, word: string, never = 'nothing'): Promise<number> {
  const shown = await page.waitForFunction(
    ([has, hasNot]) => {
      const { document } = globalThis as unknown as { document: { querySelector(of: string): Where | null } };
      const text = document.querySelector('.where')?.textContent ?? '';
      return text.includes(has) && !text.includes(hasNot) && /^\d+/.exec(text)?.[0];
    },
    [word, never] as const,
    // Looked for at every picture of the screen, as is done where nothing is said, it costs more than the page itself.
    { timeout: 300_000, polling: 1000 },
  );
  return Number(await shown.jsonValue());
}

async function decisionsOf(folder: string): Promise<number> {
  const { result } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
    result: { decisions: number };
  };
  return result.decisions;
}

/** From the first decision to the last, by the record. */
async function speedOf(folder: string): Promise<number> {
  const { result, started, finished } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
    result: { decisions: number };
    started: string;
    finished: string;
  };
  return result.decisions / ((Date.parse(finished) - Date.parse(started)) / 1000);
}
