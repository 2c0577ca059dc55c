/** The pieces that a page is made of, over everything that a record could hold. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { episodesAsCsv, rowsAsCsv } from '../../src/report/as-csv.js';
import { asMarkdown } from '../../src/report/as-markdown.js';
import { formatCount, formatMilliseconds, formatScore, formatShare } from '../../src/report/format.js';
import { buildReport, type Report, styleSheetText } from '../../src/report/index.js';
import { escapeText, html, styleSheet, toText } from '../../src/report/page/markup.js';
import { reportPage } from '../../src/report/page/page.js';
import { linearScale, logScale } from '../../src/report/page/scale.js';
import { sinaOffsets } from '../../src/report/page/sina.js';
import { ATTACKS } from './support/hostile-run.js';
import { writeSyntheticRun } from './support/synthetic-run.js';

const css = await styleSheetText();
/** Any text, and text made of what attacks are made of. */
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '`',
      '&',
      '=',
      '/',
      '!',
      '-',
      ' ',
      '\n',
      '|',
      '\\',
      'a',
      'script',
      'onload',
    ),
  }),
  fc.constantFrom(...ATTACKS),
);
const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });

let root: string;
let report: Report;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'report-page-'));
  for (const [index, policy] of ['random', 'pae-lamm:models/mini', 'expert:models/expert'].entries()) {
    for (const seed of [100_000, 100_001, 100_002]) {
      const run = { policy, seed, decisions: 40, skill: index, isText: index === 1 } as const;
      await writeSyntheticRun(join(root, `${index}-${seed}`), {
        ...run,
        ...(seed > 100_001 && index === 0 ? { status: 'failed' } : {}),
      });
    }
  }
  report = await buildReport([root], { folder: root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The report with `addition` behind every text that comes from a record. */
function withTexts(addition: string): Report {
  const own = new Set(['video', 'made', 'status', 'kind', 'started']);
  const change = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return own.has(key) ? value : value + addition;
    if (Array.isArray(value)) return value.map((item) => change(item, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner, name)]));
  };
  return change(report, '') as Report;
}

/** Every tag of a page, with the names of its attributes; what a browser would make elements of. */
function tagsOf(page: string): string[] {
  return (page.match(/<[a-z/!][^>]*>/gi) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'));
}

describe('no text of a record becomes markup', () => {
  it('in the page: its elements are the same whatever the texts are', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        // The same length and the same colons, without anything that could be markup.
        const harmless = text.replace(/[^:]/gsu, 'x');
        expect(tagsOf(reportPage(withTexts(text), css))).toEqual(tagsOf(reportPage(withTexts(harmless), css)));
      }),
      { numRuns: 40 },
    );
  });

  it('in an element or an attribute', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markup = toText(html`<p title="${text}">${[text, null, undefined, 5]}</p>`);
        expect(markup.match(/</g)).toHaveLength(2);
        expect(markup.match(/"/g)).toHaveLength(2);
        expect(escapeText(text)).not.toMatch(/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
      }),
    );
  });

  it('in Markdown: tables keep their shape, and nothing is HTML', () => {
    const shape = (text: string): number[] =>
      text.split('\n').map((line) => (line.startsWith('|') ? line.replace(/\\./g, '').split('|').length : 0));
    fc.assert(
      fc.property(hostileText, (text) => {
        const markdown = asMarkdown(withTexts(text));
        expect(shape(markdown)).toEqual(shape(asMarkdown(withTexts('x'))));
        expect(markdown).not.toMatch(/[<>]/);
      }),
      { numRuns: 40 },
    );
  });

  it('nor a formula in a spreadsheet, nor a row of its own', () => {
    for (const start of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
      const policies = report.games[0]?.policies.map((policy) => ({ ...policy, id: start }));
      const csv = rowsAsCsv({ ...report, games: [{ ...report.games[0], policies }] } as Report);
      expect(csv).toContain(`'${start}`);
    }
    fc.assert(
      fc.property(hostileText, (text) => {
        const withoutQuoted = (csv: string): string => csv.replace(/"(?:[^"]|"")*"/g, '');
        expect(withoutQuoted(episodesAsCsv(withTexts(text))).split('\r\n')).toHaveLength(report.verified + 2);
      }),
      { numRuns: 40 },
    );
  });

  it('and the style sheet is the project’s own', () => {
    expect(() => styleSheet('</style><script>')).toThrow(TypeError);
    expect(css).not.toMatch(/url\(|@import|expression/i);
  });
});

describe('axes', () => {
  it('have a place for every value and round ticks within', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 20 }), fc.integer({ min: 2, max: 8 }), (values, count) => {
        const { place, ticks, step } = linearScale(values, count);
        for (const value of [...values, ...ticks, 0, Number.MAX_VALUE, -Number.MAX_VALUE]) {
          expect(place(value)).toBeGreaterThanOrEqual(0);
          expect(place(value)).toBeLessThanOrEqual(1);
        }
        const sorted = [...values].sort((a, b) => a - b).map(place);
        expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
        expect(ticks.length).toBeLessThanOrEqual(count * 1.5 + 2);
        expect(step).toBeGreaterThan(0);
      }),
    );
  });

  it('are as a person would choose them', () => {
    expect(linearScale([0, 97]).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(linearScale([-41, 916]).ticks).toEqual([0, 200, 400, 600, 800]);
    expect(linearScale([0.1, 0.3], 4).ticks).toEqual([0.1, 0.15, 0.2, 0.25, 0.3]);
    expect(logScale([0.3, 70]).ticks).toEqual([0.1, 1, 10, 100]);
    expect(logScale([0, 1e300]).ticks.every(Number.isFinite)).toBe(true);
  });

  it('have dots that stay in their row and do not hide each other', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300 }), (places) => {
        for (const offset of sinaOffsets(places)) expect(Math.abs(offset)).toBeLessThanOrEqual(1);
      }),
    );
    const offsets = sinaOffsets(new Array<number>(30).fill(0.5));
    expect(new Set(offsets).size).toBe(30);
  });
});

describe('numbers', () => {
  it('are short and never empty, whatever they are', () => {
    fc.assert(
      fc.property(anyNumber, (value) => {
        for (const text of [formatScore(value), formatMilliseconds(Math.abs(value)), formatCount(Math.round(value))]) {
          expect(text.length).toBeGreaterThan(0);
          expect(text.length).toBeLessThan(24);
          expect(text).not.toMatch(/NaN|undefined|e[+-]/);
        }
      }),
    );
  });

  it.each([
    [formatScore(772.5490196), '772.5'],
    [formatScore(-41), '−41.0'],
    [formatScore(0), '0.00'],
    [formatScore(-0.001), '0.00'],
    [formatScore(12_345.6), '12\u202f346'],
    [formatScore(1.5e300), '1.50×10³⁰⁰'],
    [formatScore(null), '–'],
    [formatShare(0), '0\u202f%'],
    [formatShare(0.0001), '<0.1\u202f%'],
    [formatShare(0.99999), '>99.9\u202f%'],
    [formatShare(1), '100\u202f%'],
    [formatMilliseconds(0.0583), '58\u202fµs'],
    [formatMilliseconds(8.034), '8.0\u202fms'],
    [formatMilliseconds(1500), '1.5\u202fs'],
  ])('%s', (text, expected) => expect(text).toBe(expected));
});
