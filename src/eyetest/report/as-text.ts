/** The report for documents (Markdown) and for spreadsheets (CSV). */
import { type EyeReport, resultFor, testsOf, thresholdInWords } from './eye-report.js';

export function asMarkdown(report: EyeReport): string {
  const { models } = report;
  const head = ['test', 'threshold in', ...models.map(({ model }) => cell(model))];
  const rows = testsOf(report).map(({ test, measures, unit }) => [
    `${test}: ${measures}`,
    unit,
    ...models.map((model) => thresholdInWords(resultFor(model, test))),
  ]);
  const counts = models.map(({ model, questions, unusable, cost }) => {
    const price = cost === null ? 'at prices that are not known' : `$${cost.toFixed(4)}`;
    return `- ${cell(model)}: ${questions} questions, ${unusable} answers that could not be used, ${price}`;
  });
  const side = [...new Set(models.map(({ plan }) => plan.side))].join(' and ');
  return [
    '# Eye test',
    `Pictures of ${side} pixels a side. The threshold is the level at which half of what is not guessed is seen; in brackets`,
    'its interval of 95 %. Smaller is better, but for `count`.',
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...counts,
    '',
  ].join('\n');
}

/** One row a model, test and level. */
export function asCsv({ models }: EyeReport): string {
  const head = 'model,test,unit,guess,threshold,low,high,beyond,asked_in_all,unusable,level,asked,right';
  const rows = models.flatMap(({ model, results }) =>
    results.flatMap(({ test, unit, guess, threshold, interval, beyond, asked, usable, levels }) =>
      levels.map((level) =>
        [
          ...[quoted(model), test, unit, guess, threshold ?? '', interval?.[0] ?? '', interval?.[1] ?? ''],
          ...[beyond ?? '', asked, asked - usable, level.level, level.asked, level.right],
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
