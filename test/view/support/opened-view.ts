/** The view's server, and a browser that looks at it. */
import { createHash } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { bundleViewPage } from '../../../scripts/lib/view-page.mjs';
import { RunList, startView, type ViewOptions, type ViewServer } from '../../../src/view/index.js';

export const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** A server for these folders, with the page as it is in the working tree. */
export async function viewOf(
  roots: readonly string[],
  options: Omit<ViewOptions, 'list'> = {},
): Promise<ViewServer & { readonly list: RunList }> {
  await bundleViewPage();
  const list = new RunList(roots, { mayCome: true });
  return Object.assign(await startView({ ...options, list }), { list });
}

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Everything that the browser complained about, and every request to somewhere else. */
  readonly incidents: string[];
}

/** @param wanted what stands behind the `#` of the address */
export async function open(
  browser: Browser,
  address: string,
  { size = 'desk', scheme = 'light' }: { size?: keyof typeof SIZES; scheme?: 'light' | 'dark' } = {},
): Promise<Opened> {
  const page = await browser.newPage({ viewport: SIZES[size], colorScheme: scheme });
  const incidents: string[] = [];
  page.on('console', (message) => message.type() === 'error' && incidents.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => incidents.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => incidents.push(`dialog: ${dialog.message()}`));
  const origin = new URL(address).origin;
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin) incidents.push(`request: ${url}`);
  });
  await page.goto(address);
  return { page, incidents, [Symbol.asyncDispose]: () => page.close() };
}

/** A hash of red, green, blue of every pixel: pictures that differ are soon told from each other. */
export const hashOf = (pixels: ArrayLike<number>): string =>
  createHash('sha256').update(Uint8Array.from(pixels)).digest('hex');

/** Red, green, blue of every pixel of a canvas. */
export async function pixelsOf(page: Page, selector: string, nth = 0): Promise<Uint8Array> {
  const pixels = await page
    .locator(selector)
    .nth(nth)
    .evaluate((element) => {
      const canvas = element as unknown as { width: number; height: number; getContext(kind: '2d'): Drawing };
      interface Drawing {
        getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
      }
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let text = '';
      for (let at = 0; at < data.length; at++) if (at % 4 !== 3) text += String.fromCharCode(data[at] as number);
      return btoa(text);
    });
  return Buffer.from(pixels, 'base64');
}

/** Waits until the page says where it is: `40 of 150`. */
export async function at(page: Page, step: number): Promise<void> {
  await page.locator('.where', { hasText: new RegExp(`^${step} of `) }).waitFor();
}
