/** The report for documents (Markdown) and for spreadsheets (CSV). */
import { rowName } from '../results.js';
import {
  type EyeReport,
  errorInWords,
  numberRowsOf,
  numbersFor,
  resultFor,
  testsOf,
  thresholdInWords,
} from './eye-report.js';
import { alikeInWords, correlationInWords } from './score-plates.js';

export function asMarkdown(report: EyeReport): string {
  const { models } = report;
  const side = [...new Set(models.map(({ plan }) => plan.side))].join(' and ');
  const counts = models.map(({ label, questions, unusable, cost }) => {
    const price = cost === null ? 'at prices that are not known' : `$${cost.toFixed(4)}`;
    return `- ${cell(label)}: ${questions} questions, ${unusable} answers that could not be used, ${price}`;
  });
  const head = [`Pictures of ${side} pixels a side.`, ''];
  const parts = [...head, ...thresholds(report), ...errors(report), ...besideScores(report), ...counts, ''];
  return ['# Eye test', '', ...parts].join('\n');
}

function thresholds(report: EyeReport): string[] {
  const { models } = report;
  if (testsOf(report).length === 0) return [];
  const head = ['test', 'threshold in', ...models.map(({ label }) => cell(label))];
  const rows = testsOf(report).map((test) => [
    `${rowName(test)}: ${test.measures}`,
    test.unit,
    ...models.map((model) => thresholdInWords(resultFor(model, test))),
  ]);
  return [
    'The threshold is the level at which half of what is not guessed is seen; in brackets its interval of 95 %.',
    'Smaller is better, but for `count`.',
    '',
    ...asTable([head, ...rows]),
  ];
}

function errors(report: EyeReport): string[] {
  const { models } = report;
  const all = numberRowsOf(report);
  const rows = all.flatMap((row) => {
    const named = [`${rowName(row)}: ${row.measures}`, row.unit];
    const own = [...named, ...models.map((model) => errorInWords(numbersFor(model, row)))];
    // Those of both forms are the same questions.
    const isFirst = all.find(({ test }) => test === row.test) === row;
    const baselines = (isFirst ? row.baselines : []).map(({ name }) => [
      ...[`${row.test}, ${name}`, row.unit],
      ...models.map((model) => {
        const same = model.numbers.find(({ test }) => test === row.test)?.baselines.find((one) => one.name === name);
        return same?.error.toFixed(1) ?? '–';
      }),
    ]);
    return [own, ...baselines];
  });
  if (rows.length === 0) return [];
  const head = ['test', 'error', ...models.map(({ label }) => cell(label))];
  const paintings = models.flatMap(({ label, paintings: all }) =>
    all.map(({ test, psnr, bestPsnr }) => {
      const own = psnr === null ? 'no field painted' : `${psnr.toFixed(1)} dB`;
      return `- ${test}, ${cell(label)}: PSNR ${own}; right answers would paint ${bestPsnr.toFixed(1)} dB`;
    }),
  );
  return [
    'Mean absolute errors of answers with numbers, in brackets their intervals of 95 %; who sees all has 0. A baseline',
    'always says the same to the questions of its column.',
    '',
    ...asTable([head, ...rows]),
    ...(paintings.length > 0 ? [...paintings, ''] : []),
  ];
}

function besideScores({ scores }: EyeReport): string[] {
  if (scores.length === 0) return [];
  const told = scores.filter(({ correlation }) => correlation !== null);
  const alike = alikeInWords(scores);
  const rows = told.map((one) => [
    cell(one.test),
    cell(one.measure),
    String(one.models.length),
    correlationInWords(one),
  ]);
  return [
    'Does who sees better score more? Rank correlations over all trainings, in brackets their intervals of 95 %. Of',
    'many intervals one in twenty leaves out 0 by chance.',
    '',
    ...(rows.length === 0 ? [] : asTable([['test', 'measure', 'models', 'rank correlation'], ...rows])),
    ...(alike === null ? [] : [cell(alike), '']),
  ];
}

function asTable([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  return [...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`), ''];
}

/** One row a model, test and level. */
export function asCsv({ models }: EyeReport): string {
  const head = 'model,side,test,form,unit,guess,threshold,low,high,beyond,asked_in_all,unusable,level,asked,right';
  const rows = models.flatMap(({ model, plan, results }) =>
    results.flatMap(({ test, form, unit, guess, threshold, interval, beyond, asked, usable, levels }) =>
      levels.map((level) =>
        [
          ...[quoted(model), plan.side, test, form, unit, guess, threshold ?? '', interval?.[0] ?? ''],
          ...[interval?.[1] ?? '', beyond ?? '', asked, asked - usable, level.level, level.asked, level.right],
        ].join(','),
      ),
    ),
  );
  return `${[head, ...rows].join('\r\n')}\r\n`;
}

/** One row a model, test with numbers and form. */
export function numbersAsCsv({ models }: EyeReport): string {
  const head =
    'model,side,test,form,unit,asked,usable,error,low,high,median,within,share_within,baseline,baseline_error';
  const rows = models.flatMap(({ model, plan, numbers }) =>
    numbers.flatMap(({ test, form, unit, asked, usable, error, interval, median, within, baselines }) =>
      within.map(({ distance, share }, i) =>
        [
          ...[quoted(model), plan.side, test, form, unit, asked, usable, error ?? '', interval?.[0] ?? ''],
          ...[interval?.[1] ?? '', median ?? '', distance, share ?? ''],
          ...[quoted(baselines[i]?.name ?? ''), baselines[i]?.error ?? ''],
        ].join(','),
      ),
    ),
  );
  return `${[head, ...rows].join('\r\n')}\r\n`;
}

/** A text that a spreadsheet would take for a formula gets an apostrophe in front. */
function quoted(text: string): string {
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

const cell = (text: string): string => text.replaceAll(/[|\n\r]/g, ' ');
