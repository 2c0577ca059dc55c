/** The part of the page about answers with numbers: errors beside baselines, and pictures painted from answers. */
import { group } from 'd3-array';
import { encodePng, type Frame, hashArray } from '../../core/index.js';
import { html, type Markup } from '../../report/page/markup.js';
import { plate, plotRow, policyName, table } from '../../report/page/pieces.js';
import { countingScale, type Scale } from '../../report/page/scale.js';
import { gridLines, horizontalAxis, intervalMark, plot } from '../../report/page/svg.js';
import type { NumberResult } from '../numbers/number-results.js';
import { rowName } from '../results.js';
import {
  type EyeReport,
  errorInWords,
  errorWithUnit,
  type NamedPainting,
  numberRowsOf,
  numbersFor,
} from './eye-report.js';

const HEIGHT = 26;

/** Nothing where no test with numbers was taken. */
export function numberPlates(report: EyeReport, seriesOf: (index: number) => string): Markup[] {
  const rows = numberRowsOf(report);
  if (rows.length === 0) return [];
  return [
    overview(report, rows),
    ...byTest(rows).map((forms) => errorPlate(report, forms, seriesOf)),
    ...galleries(report, seriesOf),
    sameness(report),
  ];
}

function overview({ models }: EyeReport, rows: readonly NumberResult[]): Markup {
  const columns = [
    ...['test', 'error in'].map((title) => ({ title, isText: true })),
    ...models.map(({ label }) => ({ title: label })),
  ];
  const cells = rows.map((row) => [
    `${row.measures} (${rowName(row)})`,
    row.unit,
    ...models.map((model) => errorInWords(numbersFor(model, row))),
  ]);
  return plate(
    'Answers with numbers: how far they are off',
    `Mean absolute errors with intervals of 95 %; who sees all has 0. “As trained”: the form of question that
      checkpoints of this project learn, and nobody else knows. Answers that could not be read are in no mean.`,
    table('Errors', columns, cells),
  );
}

/** All forms in which a test was asked. */
function errorPlate({ models }: EyeReport, forms: Forms, seriesOf: (index: number) => string): Markup {
  const [{ measures, unit, baselines }] = forms;
  const asked = models.flatMap((model, i) =>
    forms.flatMap((form) => {
      const result = numbersFor(model, form);
      const name = form.form === 'trained' ? `${model.label} as trained` : model.label;
      return result ? [{ name, result, series: seriesOf(i) }] : [];
    }),
  );
  const ends = asked.flatMap(({ result }) => [result.interval?.[1] ?? 0, result.error ?? 0]);
  const scale = countingScale(1.1 * Math.max(...ends, ...baselines.map(({ error }) => error), 1e-6));
  const rows = asked.map(({ name, result, series }) => modelRow(name, result, scale, series));
  const lasting = baselines.map(({ name, error }) =>
    plotRow('', name, `${error.toFixed(1)} ${unit}`, bar(name, error, null, scale)),
  );
  return plate(
    `Error of ${measures}`,
    `The mark is the mean absolute error, the bar its interval. The last rows are of who always says the same to the
      questions of the first.`,
    html`<div class="rows">${rows}${lasting}${horizontalAxis(scale, unit)}</div>`,
  );
}

type Forms = readonly [NumberResult, ...NumberResult[]];

function byTest(rows: readonly NumberResult[]): Forms[] {
  const tests = [...new Set(rows.map(({ test }) => test))];
  return tests.map((name) => rows.filter(({ test }) => test === name) as unknown as Forms);
}

function modelRow(label: string, result: NumberResult, scale: Scale, series: string): Markup {
  const { error, interval, median, within, asked, usable } = result;
  const lost = Object.entries(result.unusable).map(([reason, count]) => `${count} ${reason}`);
  const told = [
    errorWithUnit(result),
    ...(median === null ? [] : [`median ${median.toFixed(1)}`]),
    ...within.flatMap(({ distance, share }) =>
      share === null ? [] : [`${Math.round(100 * share)} % within ${distance}`],
    ),
    `${usable} of ${asked} usable${lost.length > 0 ? ` (${lost.join(', ')})` : ''}`,
  ].join(' · ');
  return plotRow(series, policyName(label), told, error === null ? null : bar(label, error, interval, scale));
}

function bar(label: string, error: number, interval: readonly [number, number] | null, scale: Scale): Markup {
  const [low, high] = (interval ?? [error, error]).map(scale.place) as [number, number];
  const words = `${label}: error ${error.toFixed(1)}`;
  const mark = intervalMark(low, scale.place(error), high, HEIGHT / 2, words);
  return plot('lines', HEIGHT, words, [gridLines(scale), mark]);
}

/** Pixels at which a picture is shown, whatever its size. */
const SHOWN = 180;

interface Painted {
  readonly label: string;
  readonly series: string;
  readonly painting: NamedPainting;
}

/** One for each picture: what it is, once, and what each model painted of it. */
function galleries({ models }: EyeReport, seriesOf: (index: number) => string): Markup[] {
  const all = models.flatMap(({ label, paintings }, i) =>
    paintings.map((painting): Painted => ({ label, series: seriesOf(i), painting })),
  );
  const byPicture = group(all, ({ painting }) => `${painting.test} ${hashArray(painting.original)}`);
  return [...byPicture.values()].map((own) => gallery(own as [Painted, ...Painted[]]));
}

function gallery(own: readonly [Painted, ...Painted[]]): Markup {
  const { test, measures, original, best, bestPsnr } = own[0].painting;
  const rows = own.map(({ label, series, painting: { painted, psnr } }) => {
    const words = psnr === null ? 'no answer could be read' : `PSNR ${psnr.toFixed(1)} dB`;
    return plotRow(series, policyName(label), words, html`<p>${picture(painted, `painted by ${label}, ${words}`)}</p>`);
  });
  const right = html`<p>${picture(original, 'the original')} ${picture(best, 'painted from the right answers')}</p>`;
  return plate(
    `Painted from answers: ${measures} (${test})`,
    `The original, and what right answers about a regular grid of pixels paint. Then what each model’s answers paint,
      each field in the color of its pixel, magenta where no answer could be read.`,
    html`<div class="rows">${plotRow('', 'original, and right answers', `PSNR ${bestPsnr.toFixed(1)} dB`, right)}
      ${rows}</div>`,
  );
}

function picture(frame: Frame, words: string): Markup {
  const [height, width] = frame.shape as [number, number, number];
  const data = `data:image/png;base64,${encodePng(frame).toString('base64')}`;
  const high = Math.round((SHOWN * height) / width);
  return html`<img src="${data}" width="${SHOWN}" height="${high}" alt="${words}">`;
}

function sameness({ models }: EyeReport): Markup {
  const rows = models.flatMap(({ label, numbers }) =>
    numbers
      .filter(({ form }) => form === 'asked')
      .map((result) => [
        label,
        result.test,
        result.wordings.map(({ error, usable }) => `${error?.toFixed(1) ?? '–'} (${usable})`).join(' · '),
      ]),
  );
  const columns = ['model', 'test', 'error (usable answers), by wording'].map((title) => ({ title, isText: true }));
  return plate(
    'Numbers: what should make no difference',
    'Errors by the wording of the question.',
    table('Errors by wording', columns, rows),
  );
}
