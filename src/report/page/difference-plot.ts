/** The difference between two policies on every seed that both finished. */
import { formatDifference, formatInterval, formatShare, plural } from '../format.js';
import { type Comparison, FEW_PAIRS, type GameReport } from '../report-data.js';
import { html, type Markup } from './markup.js';
import { figure, plate, policyName, sample } from './pieces.js';
import { linearScale, type Scale } from './scale.js';
import type { Series } from './series.js';
import { sinaOffsets } from './sina.js';
import { dot, gridLines, horizontalAxis, intervalMark, plot, verticalLine } from './svg.js';

const HEIGHT = 66;
const DOTS_AT = 26;
const DOTS_SPREAD = 20;
const INTERVAL_AT = 56;
const MAX_DOTS = 1500;
const MAX_PAIRS = 6;

export function differencePlot(game: GameReport, series: Series): Markup | null {
  const comparisons = shownComparisons(game);
  if (comparisons.length === 0) return null;
  const scale = linearScale(
    [
      0,
      ...comparisons.flatMap(({ row, differences }) => [
        ...differences.map((one) => one.difference),
        ...(row.interval ?? []),
      ]),
    ],
    4,
  );
  return plate(
    'Paired differences',
    html`Each dot is one seed that both played: the first policy’s score less the second’s. Right of the line the first
      is ahead. ${verdict(comparisons)}`,
    html`<div class="rows">${comparisons.map((comparison) => comparisonRow(comparison, scale, game, series))}
      ${horizontalAxis(scale, 'difference in score on the same seed')}</div>`,
  );
}

/** Words for the eye; of few pairs an interval carries none. */
function verdict(comparisons: readonly Comparison[]): string {
  return comparisons.every(({ row }) => row.episodes >= FEW_PAIRS)
    ? 'Where the interval is clear of the line, luck with the seeds hardly explains the difference.'
    : `Of fewer than ${FEW_PAIRS} seeds the interval is a rough guide, and nothing follows from it alone.`;
}

/** Every pair of a few policies; of many the best one against each. The others are in report.json. */
function shownComparisons({ comparisons, policies }: GameReport): readonly Comparison[] {
  if (comparisons.length <= MAX_PAIRS) return comparisons;
  return comparisons.filter(({ row }) => row.a === policies[0]?.label);
}

function comparisonRow(comparison: Comparison, scale: Scale, game: GameReport, series: Series): Markup {
  const { row, differences } = comparison;
  const { a, b, difference: mean, interval, wins, ties, losses, probability_of_improvement: probability } = row;
  const shown = [...sample(differences, MAX_DOTS)].sort((one, other) => one.difference - other.difference);
  const places = shown.map(({ difference }) => scale.place(difference));
  const offsets = sinaOffsets(places);
  const share = row.share_ahead_interval ? ` [${formatInterval(row.share_ahead_interval, formatShare)}]` : '';
  const record = `ahead on ${wins} of ${plural(differences.length, 'seed')}${ties > 0 ? `, level on ${ties}` : ''}${share}`;
  const chance =
    probability === null
      ? null
      : html`; any seed against any other: ${figure(probability, formatShare(probability))}${
          row.probability_interval
            ? html` <span class="muted">[${formatInterval(row.probability_interval, formatShare)}]</span>`
            : null
        }`;
  const words = `${a} less ${b}: mean ${formatDifference(mean)}, 95 % interval ${formatInterval(interval, formatDifference)}, ${record}, behind on ${losses}`;
  const content = [
    gridLines(scale),
    verticalLine('zero', scale.place(0)),
    shown.map(({ seed, difference }, index) => {
      const mark = dot(
        places[index] as number,
        DOTS_AT + (offsets[index] as number) * DOTS_SPREAD,
        shown.length > 300 ? 2.5 : 4,
        `seed ${seed}: ${formatDifference(difference)}`,
        null,
      );
      return difference < 0 ? html`<g class="${series(game, b)}">${mark}</g>` : mark;
    }),
    mean === null
      ? null
      : intervalMark(
          scale.place(interval?.[0] ?? mean),
          scale.place(mean),
          scale.place(interval?.[1] ?? mean),
          INTERVAL_AT,
          `mean ${formatDifference(mean)}, 95 % interval ${formatInterval(interval, formatDifference)}`,
        ),
  ];
  return html`<div class="row ${series(game, a)}"><p class="row-head"><span class="pair">${policyName(a)} <span class="muted">against</span>
    <span class="${series(game, b)}">${policyName(b)}</span></span>
    <span class="row-numbers">mean ${figure(mean, formatDifference(mean))}${
      interval ? html` <span class="muted">[${formatInterval(interval, formatDifference)}]</span>` : null
    }</span></p>${plot('differences', HEIGHT, words, content)}<p class="row-foot">${record}${chance}</p></div>`;
}
