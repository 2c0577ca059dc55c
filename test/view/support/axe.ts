/** What people with screen readers, without a mouse or with a phone would stumble over. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core');

/** Serious problems that axe-core finds, each in a line. */
export async function problems(page: Page): Promise<string[]> {
  // In a world of its own: the page's policy lets no script of ours in.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: {
          preload: boolean;
        }): Promise<{ passes: unknown[]; violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    // Without loading style sheets again, which a page that was opened as a file may not.
    const { passes, violations } = await axe.run({ preload: false });
    // A page on which axe-core finds nothing to look at is none.
    const few = passes.length < 10 ? [`serious: only ${passes.length} rules fitted`] : [];
    return [...few, ...violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html.slice(0, 160)}`)];
  });
  return found.filter((problem) => /^(serious|critical)/.test(problem));
}

/** Whether a page must be scrolled sideways. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const { documentElement } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document;
    return documentElement.scrollWidth > documentElement.clientWidth;
  });
