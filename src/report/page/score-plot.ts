/** The scores of every seed, policy by policy, on one axis. */
import { formatInterval, formatScore, plural } from '../format.js';
import type { EpisodeReport, GameReport, PolicyReport, Reference } from '../report-data.js';
import { html, type Markup } from './markup.js';
import { figure, plate, plotRow, policyName, sample } from './pieces.js';
import { linearScale, type Scale } from './scale.js';
import type { Series } from './series.js';
import { sinaOffsets } from './sina.js';
import { dot, gridLines, horizontalAxis, intervalMark, percent, plot, verticalLine } from './svg.js';

const ROW_HEIGHT = 74;
/** Middle of the dots, and how far they spread from it, in pixels. */
const DOTS_AT = 30;
const DOTS_SPREAD = 22;
const INTERVAL_AT = 64;
/** More dots than this in a row are a smear that only makes the page heavy. */
const MAX_DOTS = 1500;
const REFERENCE_LINE = 20;

export function scorePlot(game: GameReport, series: Series): Markup | null {
  const played = game.policies.filter(({ row }) => row.episodes > 0);
  if (played.length === 0) return null;
  const scores = played.flatMap(({ row }) => [row.lowest ?? 0, row.highest ?? 0, ...(row.interval ?? [])]);
  const { near, far } = referencesNear(game.references, scores);
  const scale = linearScale([...scores, ...near.map(({ mean }) => mean)]);
  const reading = html`Each dot is one seed’s score. <span class="key diamond-key">◆</span> is the mean, the bar its 95&nbsp;%
    interval, <span class="key">❘</span> the median.${
      far.length === 0
        ? null
        : html` Beyond the axis: ${far.map(({ name, mean }) => `${name} ${formatScore(mean)}`).join(', ')}.`
    }`;
  return plate(
    'Scores',
    reading,
    html`<div class="rows">${referenceLabels(near, scale)}${played.map((policy) =>
      policyRow(policy, scale, near, series(game, policy.label)),
    )}${horizontalAxis(scale, 'score of an episode')}</div>`,
  );
}

/** References that lie so far out that they would squeeze the scores together are told in words instead. */
function referencesNear(references: readonly Reference[], scores: readonly number[]) {
  const [low, high] = [scores.reduce((a, b) => Math.min(a, b)), scores.reduce((a, b) => Math.max(a, b))];
  const room = Math.max(1, (high / 2 - low / 2) * 0.8);
  const isNear = ({ mean }: Reference): boolean => mean >= low - room && mean <= high + room;
  return { near: references.filter(isNear), far: references.filter((reference) => !isNear(reference)) };
}

/** Names above the dashed lines, each on a line of its own so that none covers another. */
function referenceLabels(references: readonly Reference[], scale: Scale): Markup | null {
  if (references.length === 0) return null;
  const height = references.length * REFERENCE_LINE + 4;
  const labels = [...references]
    .sort((a, b) => a.mean - b.mean)
    .map(({ name, mean, source }, index) => {
      const x = scale.place(mean);
      const y = REFERENCE_LINE * (index + 1) - 4;
      const anchor = x < 1 / 3 ? 'start' : x > 2 / 3 ? 'end' : 'middle';
      return html`<g class="reference">${verticalLine('', x, String(y + 4))}<text x="${percent(x)}" y="${y}" text-anchor="${anchor}">${shortened(name)} ${formatScore(mean)}<title>${name}: ${source}</title></text></g>`;
    });
  return html`<svg class="plot" width="100%" height="${height}" role="img" aria-label="${labelOf(references)}">${labels}</svg>`;
}

/** So much of a name fits beside its line on a phone. */
const MAX_NAME = 30;

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length <= MAX_NAME ? name : `${letters.slice(0, MAX_NAME - 1).join('')}…`;
}

function labelOf(references: readonly Reference[]): string {
  return `References: ${references.map(({ name, mean }) => `${name} ${formatScore(mean)}`).join(', ')}`;
}

function policyRow(policy: PolicyReport, scale: Scale, references: readonly Reference[], series: string): Markup {
  const { label, row } = policy;
  const counted = policy.episodes.filter(hasScore).sort((a, b) => a.score - b.score);
  const shown = sample(counted, MAX_DOTS);
  const places = shown.map(({ score }) => scale.place(score));
  const offsets = sinaOffsets(places);
  const { mean, interval, median } = row;
  const numbers = html`mean ${figure(mean, formatScore(mean))}${
    interval ? html` <span class="muted">[${formatInterval(interval)}]</span>` : null
  }`;
  const words =
    `${label}: ${plural(counted.length, 'score')} from ${formatScore(row.lowest)} to ${formatScore(row.highest)}, ` +
    `mean ${formatScore(mean)}, 95 % interval ${formatInterval(interval)}, median ${formatScore(median)}`;
  const content = [
    gridLines(scale),
    references.map(({ mean: at }) => html`<g class="reference">${verticalLine('', scale.place(at))}</g>`),
    median === null ? null : verticalLine('median', scale.place(median), '4', '56'),
    shown.map(({ seed, score, video }, index) =>
      dot(
        places[index] as number,
        DOTS_AT + (offsets[index] as number) * DOTS_SPREAD,
        shown.length > 300 ? 2.5 : 4,
        `seed ${seed}: ${formatScore(score)}`,
        video,
      ),
    ),
    mean === null
      ? null
      : intervalMark(
          scale.place(interval?.[0] ?? mean),
          scale.place(mean),
          scale.place(interval?.[1] ?? mean),
          INTERVAL_AT,
          `mean ${formatScore(mean)}, 95 % interval ${formatInterval(interval)}`,
        ),
  ];
  return plotRow(series, policyName(label), numbers, plot('scores', ROW_HEIGHT, words, content));
}

function hasScore(episode: EpisodeReport): episode is EpisodeReport & { score: number } {
  return episode.isCounted && episode.score !== null;
}
