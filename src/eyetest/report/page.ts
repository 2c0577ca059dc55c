/** The report as one HTML file: no script, no request, nothing from outside. */
import { offlineDocument } from '../../report/page/document.js';
import { html, type Markup } from '../../report/page/markup.js';
import { plate, plotRow, policyName, table } from '../../report/page/pieces.js';
import { logScale, type Scale } from '../../report/page/scale.js';
import { dot, gridLines, horizontalAxis, intervalMark, plot, points, stretched } from '../../report/page/svg.js';
import { rightAnswer, strengthOf } from '../psychophysics/psychometric.js';
import type { EyeTestResult } from '../results.js';
import { rowName } from '../results.js';
import { type EyeReport, type EyeReportModel, resultFor, short, testsOf, thresholdInWords } from './eye-report.js';
import { numberPlates } from './number-plates.js';
import { scorePlates } from './score-plates.js';

const COLOURS = 5;
const CURVE_HEIGHT = 150;
/** Points of a drawn curve. */
const FINE = 60;
/** Questions at a level whose dot is as large as can be. */
const MANY = 20;

export function eyePage(report: EyeReport, css: string): string {
  const names = [...new Set(report.models.map(({ model }) => model))].join(', ');
  const body = html`<header><p class="kind">Eye test</p><h1>${names}</h1>
<p class="meta">Thresholds and errors with intervals of 95 %, in pixels of pictures ${sides(report)} pixels a side unless said otherwise.</p></header>
<main id="content">
${smallest(report)}
${testsOf(report).length > 0 ? overview(report) : null}
${testsOf(report).map((test) => testPlate(report, test))}
${testsOf(report).length > 0 ? sameness(report) : null}
${numberPlates(report, seriesOf)}
${scorePlates(report, seriesOf)}
</main>
<footer><p>Made by agent eyetest, ${report.made.slice(0, 16).replace('T', ' ')} UTC. The same numbers: report.json, report.md, report.csv, numbers.csv.</p></footer>`;
  const hasPictures = report.models.some(({ paintings }) => paintings.length > 0);
  return offlineDocument(`Eye test of ${names}`, css, body, hasPictures);
}

function sides({ models }: EyeReport): string {
  return [...new Set(models.map(({ plan }) => plan.side))].join(' and ');
}

const seriesOf = (index: number): string => `series-${index % COLOURS}`;

/** The smallest ring that each sees, at that size. */
function smallest({ models }: EyeReport): Markup | null {
  const rings = models.flatMap((model, i) => {
    const result = resultFor(model, { test: 'gap', form: 'asked' });
    const isSeen = result?.threshold != null && result.beyond !== 'easier';
    return isSeen ? [{ model: model.label, result, size: result.threshold as number, series: seriesOf(i) }] : [];
  });
  if (rings.length === 0) return null;
  return plate(
    'The smallest gap that it sees',
    'A ring at the threshold, shown at its size: five gaps across. Who is left out sees none that was shown.',
    html`<div class="rows">${rings.map(({ model, result, size, series }) =>
      plotRow(series, policyName(model), `${thresholdInWords(result)} pixels`, ring(Math.min(size, 60))),
    )}</div>`,
  );
}

function ring(gap: number): Markup {
  const side = Math.ceil(5 * gap) + 4;
  const middle = side / 2;
  const outline = html`<circle cx="${middle}" cy="${middle}" r="${2 * gap}" fill="none" stroke="currentColor" stroke-width="${gap}"/>`;
  // The gap lies at the top, and shows what is behind.
  const dash = 2 * Math.PI * 2 * gap;
  const turned = html`<circle cx="${middle}" cy="${middle}" r="${2 * gap}" fill="none" stroke="currentColor"
    stroke-width="${gap}" stroke-dasharray="${(dash - gap).toFixed(2)} ${gap.toFixed(2)}"
    transform="rotate(${(-90 + (gap / dash) * 180).toFixed(2)} ${middle} ${middle})"/>`;
  return html`<svg width="${side}" height="${side}" role="img" aria-label="a ring with a gap of ${short(gap)} pixels">${
    gap < 0.2 ? outline : turned
  }</svg>`;
}

function overview(report: EyeReport): Markup {
  const { models } = report;
  const columns = [
    { title: 'test', isText: true },
    { title: 'unit', isText: true },
    ...models.map(({ label }) => ({ title: label })),
  ];
  const rows = testsOf(report).map((test) => [
    `${test.measures} (${rowName(test)})`,
    test.unit,
    ...models.map((model) => thresholdInWords(resultFor(model, test))),
  ]);
  const counted = (title: string, of: (model: EyeReportModel) => string) => [title, '', ...models.map(of)];
  return plate(
    'Thresholds',
    'Smaller is better, but for the number of dots. “Below” and “above”: beyond all that was shown.',
    table('Thresholds', columns, [
      ...rows,
      counted('questions', ({ questions }) => String(questions)),
      counted('answers that could not be used', ({ unusable }) => String(unusable)),
      counted('cost', ({ cost }) => (cost === null ? 'not known' : `$${cost.toFixed(4)}`)),
    ]),
  );
}

function testPlate(report: EyeReport, test: EyeTestResult): Markup {
  const scale = logScale(test.levels.map(({ level }) => level));
  const rows = report.models.map((model, i) => testRow(model, resultFor(model, test), scale, seriesOf(i)));
  const guess = `${(100 * test.guess).toFixed(0)} %`;
  return plate(
    `${test.measures.charAt(0).toUpperCase()}${test.measures.slice(1)}${test.form === 'trained' ? ', as trained' : ''}`,
    `Dots: the share of right answers at a level, larger where more was asked; the line is the fitted function, the bar
      the threshold’s interval. By guessing ${guess} are right.`,
    html`<div class="rows">${rows}${horizontalAxis(scale, test.unit, short)}</div>`,
  );
}

function testRow(
  model: EyeReportModel,
  result: EyeTestResult | undefined,
  scale: Scale,
  series: string,
): Markup | null {
  if (!result) return null;
  const { threshold, interval, levels, unit } = result;
  const words = `${thresholdInWords(result)} ${unit}`;
  const bottom = CURVE_HEIGHT - 18;
  const dots = levels
    .filter(({ asked }) => asked > 0)
    .map(({ level, asked, right }) => {
      const hint = `${short(level)} ${unit}: ${right} of ${asked} right`;
      return dot(scale.place(level), bottom * (1 - right / asked) + 8, 2 + 5 * Math.min(asked / MANY, 1), hint, null);
    });
  const mark =
    threshold === null || interval === null
      ? null
      : intervalMark(...([interval[0], threshold, interval[1]].map(scale.place) as Ends), bottom + 12, words);
  const content = [gridLines(scale), stretched(curve(result, scale)), dots, mark];
  const label = `${model.label}: threshold ${words}`;
  return plotRow(series, policyName(model.label), words, plot('lines', CURVE_HEIGHT, label, content));
}

type Ends = [number, number, number];

/** From the bottom of the plot at no right answer to its top. */
function curve({ threshold, width, lapse, guess, levels, harder }: EyeTestResult, scale: Scale): Markup | null {
  if (threshold === null) return null;
  const ends = levels.map(({ level }) => Math.log10(level));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const shares = Array.from({ length: FINE }, (_, i) => {
    const level = 10 ** (low + ((high - low) * i) / (FINE - 1));
    const at = { threshold: strengthOf(threshold, harder), width, lapse, guess };
    const y = rightAnswer(at, strengthOf(level, harder));
    const fromTop = ((CURVE_HEIGHT - 18) * (1 - y) + 8) / CURVE_HEIGHT;
    return [scale.place(level), 1 - fromTop] as const;
  });
  return html`<polyline class="mean" points="${points(shares)}"/>`;
}

/** What should make no difference: the wording, and the place of the right choice. */
function sameness(report: EyeReport): Markup {
  const rows = report.models.flatMap(({ label, results }) =>
    results.map(({ test, form, wordings, places, chosen }) => [
      label,
      rowName({ test, form }),
      wordings.map(share).join(' · '),
      places.map(share).join(' · '),
      chosen.map((part) => `${Math.round(100 * part)} %`).join(' · '),
    ]),
  );
  const columns = ['model', 'test', 'right, by wording', 'right, by the right choice', 'chosen'].map((title) => ({
    title,
    isText: true,
  }));
  return plate(
    'What should make no difference',
    'Shares of right answers by the wording and by which choice was right, and how often each choice was made.',
    table('Wording and place', columns, rows),
  );
}

const share = ({ asked, right }: { readonly asked: number; readonly right: number }): string =>
  asked === 0 ? '–' : `${Math.round((100 * right) / asked)} %`;
