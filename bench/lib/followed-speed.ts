/** The speed of a game that a page follows, and of the same game without one, in turns. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Browser } from 'playwright-core';
import { projectRoot } from '../../src/core/project-paths.js';
import { median } from './sampling.js';

const GAME = ['play', '--game', 'carracing', '--policy', 'expert', '--seed', '7'];

/** Decisions a second, the median of so many rounds. */
export async function followedSpeeds(
  browser: Browser,
  root: string,
  rounds: number,
): Promise<{ followed: number; alone: number }> {
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
  // The whole of the game that the page can see is a part of what is measured.
  await page.locator('.where', { hasText: /^\d+ of (\d+) ·/ }).waitFor({ timeout: 120_000 });
  await page.close();
  await playing;
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
