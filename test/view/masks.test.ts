/** The box and the mask of a typed expression, in the page, by a model that was taught one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../../src/model/index.js';
import { Asker, idOf, type ViewServer } from '../../src/view/index.js';
import { browserTitle, chromiumPath, launchChromium } from '../report/support/chromium.js';
import { problems } from './support/axe.js';
import { pressOn, tabTo } from './support/keys-alone.js';
import { open, viewOf } from './support/opened-view.js';
import { emulatorsForTests, play } from './support/played.js';
import { TAUGHT_BOX, TAUGHT_SIDE, TAUGHT_WORDS, taughtMasks } from './support/taught-masks.js';

let browser: Browser;
let root: string;
let view: ViewServer;

/** Pictures of this game are given to a person or a script as 96 by 96. */
const SIDE = 96;
const SCALE = SIDE / TAUGHT_SIDE;

describe.skipIf(chromiumPath === undefined)(browserTitle('masks'), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'view-masks-'));
    const run = join(root, 'runs', 'gas');
    await using emulators = await emulatorsForTests();
    await play(emulators, { game: 'carracing', seed: 7, policy: 'constant:gas', maxDecisions: 3, out: run });
    const asker = new Asker(await taughtMasks(root), async () => {});
    [browser, view] = await Promise.all([launchChromium(), viewOf([join(root, 'runs')], { asker })]);
  }, 120_000);
  afterAll(async () => {
    await view?.[Symbol.asyncDispose]();
    await browser?.close();
    await rm(root, { recursive: true, force: true });
  });

  it.each(['desk', 'phone'] as const)('are named and drawn where they were taught (%s)', async (size) => {
    await using opened = await open(browser, `${view.url}#/episodes/${idOf(join(root, 'runs', 'gas'))}?at=3`, { size });
    const { page, incidents } = opened;
    await page.locator('.given canvas').last().waitFor();
    await tabTo(page, page.getByLabel('Question or expression'));
    await page.keyboard.type(TAUGHT_WORDS);
    await pressOn(page, page.getByRole('button', { name: 'Find it' }));
    const { top, left, bottom, right } = TAUGHT_BOX;
    const [first, last] = [(at: number) => at * SCALE, (at: number) => (at + 1) * SCALE - 1];
    const rows = `rows ${first(top)} to ${last(bottom)}`;
    await page.getByText(`Box: ${rows}, columns ${first(left)} to ${last(right)}.`).waitFor({ timeout: 30_000 });
    const drawn = page.getByAltText('The picture with the mask in pink');
    const source = (await drawn.getAttribute('src')) ?? '';
    const { data, shape } = await decodePicture(Buffer.from(source.split(',')[1] ?? '', 'base64'), SIDE * SIDE);
    expect(shape).toEqual([SIDE, SIDE, 3]);
    const colourAt = (y: number, x: number) => [...data.slice(3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3)];
    expect(colourAt(first(top), first(left))).toEqual([255, 255, 255]);
    // Half of pink in the middle of the mask, and grass beside it.
    const [red = 0, green = 0, blue = 0] = colourAt(first(top) + 10, first(left) + 10);
    expect(Math.min(red, blue)).toBeGreaterThan(green);
    const [, grass = 0, other = 0] = colourAt(10, 10);
    expect(grass).toBeGreaterThan(other);
    expect(await problems(page)).toEqual([]);
    expect(incidents).toEqual([]);
  });
});
