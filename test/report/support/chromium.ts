/** A real Chromium, from PATH. Debian: `apt install chromium`. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser's executable; undefined where there is none. CHROMIUM names another one. */
export const chromiumPath: string | undefined =
  process.env.CHROMIUM ??
  NAMES.flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))).find(
    existsSync,
  );

/** Why tests are skipped; part of their title, so that a run without a browser says so. */
export const browserTitle = (what: string): string =>
  chromiumPath === undefined ? `${what} (skipped: no chromium on PATH; Debian: apt install chromium)` : what;

/** @param more arguments of Chromium */
export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  // Root has no sandbox: Chromium refuses to start with one.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath as string, args: [...args, ...more] });
}
