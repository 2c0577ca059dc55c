/** Going about a page as somebody without a mouse does. */
import type { Locator, Page } from 'playwright-core';

/** More than any page here has to stop at. */
const MOST_TABS = 150;

/** Presses Tab until `wanted` has the focus. Throws where it cannot be reached so. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    // The list is drawn anew now and then: what was there a moment ago may be another element now.
    if (await wanted.evaluate((it) => it.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${wanted}`);
}

/** Tab to it, and a key: Enter of links and buttons, Space of boxes. */
export async function pressOn(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}
