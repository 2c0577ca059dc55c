/** The score so far over the decisions of an episode: every seed thin, the mean thick, a panel for each policy. */
import { formatCount, formatScore, formatTick, plural } from '../format.js';
import type { EpisodeReport, GameReport, PolicyReport } from '../report-data.js';
import { html, type Markup } from './markup.js';
import { plate, policyName, sample } from './pieces.js';
import { countingScale, linearScale, type Scale } from './scale.js';
import type { Series } from './series.js';
import { gridLines, horizontalAxis, percent, points, stretched } from './svg.js';

const HEIGHT = 190;
/** More lines than this in a panel are a carpet. */
const MAX_LINES = 60;

interface Axes {
  readonly decisions: Scale;
  readonly scores: Scale;
}

export function curvePlot(game: GameReport, series: Series): Markup | null {
  const played = game.policies.filter(({ curve }) => curve !== null);
  if (played.length === 0) return null;
  const traces = played.flatMap(({ episodes }) => counted(episodes).map(({ trace }) => trace));
  const axes: Axes = {
    decisions: countingScale(traces.reduce((most, trace) => Math.max(most, trace.decisions.at(-1) ?? 0), 1)),
    scores: linearScale([0, ...traces.flatMap((trace) => extremesOf(trace.scores))], 6),
  };
  const thinned = played.some(({ episodes }) => counted(episodes).length > MAX_LINES);
  const reading = html`The score so far, over the decisions of an episode. Thin lines are seeds${
    thinned ? ` (${MAX_LINES} of each policy)` : null
  }, the thick one is their mean, the band holds the middle half of them${
    played.length > 1 ? '; dashed: the means of the other policies' : null
  }. An episode that is over keeps its score.`;
  return plate(
    'Score over time',
    reading,
    html`<div class="panels">${played.map((policy) => panel(policy, played, axes, game, series))}</div>`,
  );
}

function panel(
  policy: PolicyReport,
  all: readonly PolicyReport[],
  axes: Axes,
  game: GameReport,
  series: Series,
): Markup {
  const { label, curve } = policy;
  if (curve === null) return html``;
  const line = (name: string, xs: readonly number[], ys: readonly number[], hint?: string): Markup =>
    html`<polyline class="${name}" points="${points(placesOf(xs, ys, axes))}">${hint === undefined ? null : html`<title>${hint}</title>`}</polyline>`;
  const band = [
    ...placesOf(curve.decisions, curve.high, axes),
    ...placesOf(curve.decisions, curve.low, axes).reverse(),
  ];
  const others = all.filter((other) => other !== policy);
  const last = curve.mean.at(-1) ?? 0;
  const words = `${label}: mean score over ${formatCount(curve.decisions.at(-1) ?? 0)} decisions, from 0 to ${formatScore(last)}`;
  return html`<div class="panel ${series(game, label)}"><p class="row-head">${policyName(label)}<span class="row-numbers muted">${plural(counted(policy.episodes).length, 'seed')}</span></p>
    <div class="with-axis"><svg class="plot lines" width="100%" height="${HEIGHT}" role="img" aria-label="${words}">
    ${gridLines(axes.decisions)}${scoreTicks(axes.scores)}
    ${stretched([
      html`<polygon class="band" points="${points(band)}"/>`,
      sample(counted(policy.episodes), MAX_LINES).map(({ seed, score, trace }) =>
        line('seed', trace.decisions, trace.scores, `seed ${seed}: ${formatScore(score)}`),
      ),
      others.map((other) =>
        other.curve === null
          ? null
          : html`<g class="${series(game, other.label)}">${line('other', other.curve.decisions, other.curve.mean, `mean of ${other.label}`)}</g>`,
      ),
      line('halo', curve.decisions, curve.mean),
      line('mean', curve.decisions, curve.mean, `mean of ${label}: ${formatScore(last)}`),
    ])}</svg>${horizontalAxis(axes.decisions, 'decisions')}</div></div>`;
}

function scoreTicks({ ticks, step, place }: Scale): Markup {
  return html`<g class="grid">${ticks.map((tick) => {
    const y = percent(1 - place(tick));
    return html`<line class="${tick === 0 ? 'base' : ''}" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
  })}</g><g class="side" aria-hidden="true">${ticks.map(
    (tick) =>
      html`<text x="-8" y="${percent(1 - place(tick))}" dy="4" text-anchor="end">${formatTick(tick, step)}</text>`,
  )}</g>`;
}

function placesOf(xs: readonly number[], ys: readonly number[], { decisions, scores }: Axes): [number, number][] {
  return xs.map((x, index) => [decisions.place(x), scores.place(ys[index] ?? 0)]);
}

function counted(episodes: readonly EpisodeReport[]): EpisodeReport[] {
  return episodes.filter(({ isCounted }) => isCounted);
}

function extremesOf(values: readonly number[]): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), 0), values.reduce((a, b) => Math.max(a, b), 0)];
}
