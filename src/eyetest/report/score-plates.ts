/** The part of the page that holds eye tests beside scores in games. */
import { html, type Markup } from '../../report/page/markup.js';
import { plate, plotRow, table } from '../../report/page/pieces.js';
import { linearScale, type Scale } from '../../report/page/scale.js';
import { dot, gridLines, horizontalAxis, plot } from '../../report/page/svg.js';
import type { EyesAndScores } from '../scores/beside.js';
import { type EyeReport, short } from './eye-report.js';

const HEIGHT = 130;
/** Pixels that stay free above and below the dots. */
const MARGIN = 10;
const RADIUS = 5;

/** Nothing where no scores were given. */
export function scorePlates(report: EyeReport, seriesOf: (index: number) => string): Markup[] {
  const { scores } = report;
  if (scores.length === 0) return [];
  const seriesOfModel = (label: string): string => seriesOf(report.models.findIndex((model) => model.label === label));
  const told = scores.filter(({ correlation }) => correlation !== null);
  return [overview(scores, told), ...told.map((one) => scatter(one, seriesOfModel))];
}

/** Where there is nothing to be ranked: tests in which all see alike, measures in which all score alike. */
export function alikeInWords(scores: readonly EyesAndScores[]): string | null {
  const named = (alike: EyesAndScores['alike'], of: (one: EyesAndScores) => string): string =>
    [...new Set(scores.filter((one) => one.alike === alike).map(of))].join(', ');
  const [tests, measures] = [named('eyes', ({ test }) => test), named('scores', ({ measure }) => measure)];
  const words = [
    ...(tests ? [`All see alike in: ${tests}.`] : []),
    ...(measures ? [`All are alike in: ${measures}.`] : []),
  ];
  return words.length === 0 ? null : words.join(' ');
}

/** @param told those of all that have a correlation. */
function overview(all: readonly EyesAndScores[], told: readonly EyesAndScores[]): Markup {
  const columns = [
    ...['test', 'measure'].map((title) => ({ title, isText: true })),
    ...['models', 'rank correlation'].map((title) => ({ title })),
  ];
  const rows = told.map((one) => [one.test, one.measure, one.models.length, correlationInWords(one)]);
  return plate(
    'Does who sees better score more?',
    `Spearman’s rank correlation over all trainings of the models, in brackets its interval of 95 %. 1: who sees better
      always scores more; −1: less; 0: neither. Of many intervals one in twenty leaves out 0 by chance.
      ${alikeInWords(all) ?? ''}`,
    rows.length === 0 ? null : table('Eyes and scores', columns, rows),
  );
}

function scatter(one: EyesAndScores, seriesOf: (label: string) => string): Markup {
  const across = linearScale(one.models.map(({ eye }) => eye));
  const up = linearScale(one.models.flatMap(({ scores }) => scores));
  const dots = one.models.map(
    (model) =>
      html`<g class="${seriesOf(model.label)}">${model.scores.map((score) => place(model, score, across, up))}</g>`,
  );
  const ends = one.models.flatMap(({ scores }) => scores);
  const words = `rank correlation ${correlationInWords(one)}; scores from ${short(Math.min(...ends))} to ${short(Math.max(...ends))}`;
  return plate(
    `${one.test}, and ${one.measure}`,
    `A dot is a training; ${one.better} is better on the axis. Higher dots scored more.`,
    html`<div class="rows">${plotRow(
      '',
      one.models.map(({ label }) => html`<span class="policy ${seriesOf(label)}"><b>● ${label}</b> </span>`),
      words,
      plot('lines', HEIGHT, words, [gridLines(across), dots]),
    )}${horizontalAxis(across, `${one.test}, ${one.unit}`)}</div>`,
  );
}

function place({ label, eye }: EyesAndScores['models'][number], score: number, across: Scale, up: Scale): Markup {
  const y = MARGIN + (HEIGHT - 2 * MARGIN) * (1 - up.place(score));
  return dot(across.place(eye), y, RADIUS, `${label}: ${short(eye)}, ${score.toPrecision(4)}`, null);
}

/** `0.87 (0.30 to 1.00)`. */
export function correlationInWords({ correlation, interval }: EyesAndScores): string {
  const own = correlation?.toFixed(2) ?? '–';
  return interval ? `${own} (${interval[0].toFixed(2)} to ${interval[1].toFixed(2)})` : `${own} (no interval)`;
}
