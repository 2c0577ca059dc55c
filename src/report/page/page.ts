/**
 * The report as one HTML file: no script, no request, nothing from outside. The policy in its head forbids the browser
 * all of that too, so that a hole in the escaping would still run nothing.
 */
import { formatCount, formatDifference, formatInterval, formatScore, plural } from '../format.js';
import type { GameReport, Problem, Report } from '../report-data.js';
import { curvePlot } from './curve-plot.js';
import { differencePlot } from './difference-plot.js';
import { offlineDocument } from './document.js';
import { episodeTable, evaluationManifests, manifests, videoPicks } from './episodes.js';
import { latencyPlot } from './latency-plot.js';
import { html, type Markup } from './markup.js';
import { policyName } from './pieces.js';
import { scorePlot } from './score-plot.js';
import { type Series, seriesOf } from './series.js';
import { actionTable, aggregateTable, answerTable, scoreTable, spentTable, unusableAnswers } from './tables.js';

/** Problems shown at once; the rest unfolds. */
const PROBLEMS_SHOWN = 6;
/** And no more than this at all: report.json has every one. */
const PROBLEMS_LISTED = 500;

/** @param css the project's own style sheet (web/report); it must not come from a record. */
export function reportPage(report: Report, css: string): string {
  const title = report.games.map((game) => game.title).join(', ') || 'no episode';
  const series = seriesOf(report.games);
  const body = html`<header>
<p class="kind">Evaluation report</p>
<h1>${title}</h1>
<p class="meta">${overview(report)}</p>
${contents(report)}
</header>
<main id="content">
${problemList(report.problems)}
${report.games.map((game, index) => gameSection(game, series, `g${index}`))}
${acrossGames(report)}
${evaluationManifests(report)}
${method(report)}
</main>
<footer><p>Made by agent ${report.agent}, ${date(report.made)}. The same numbers: report.json, report.md, report.csv, episodes.csv.</p></footer>`;
  return offlineDocument(`${title} – evaluation report`, css, body);
}

function overview({ games, decisions, verified, made }: Report): Markup {
  const episodes = games.flatMap(({ policies }) => policies.flatMap((policy) => policy.episodes));
  const policies = new Set(games.flatMap((game) => game.policies.map(({ label }) => label)));
  return html`${[
    plural(episodes.length, 'episode'),
    policies.size === 1 ? '1 policy' : `${formatCount(policies.size)} policies`,
    `${formatCount(decisions)} decisions`,
    `${verified === episodes.length ? 'all' : formatCount(verified)} records verified against their hash chains`,
    date(made),
  ].join(' · ')}`;
}

/** A day as people write it, without the reader's locale. */
function date(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function contents({ games }: Report): Markup | null {
  if (games.length < 2) return null;
  return html`<nav aria-label="Games"><ul>${games.map((game, index) => html`<li><a href="#g${index}">${game.title}</a></li>`)}</ul></nav>`;
}

function problemList(problems: readonly Problem[]): Markup | null {
  if (problems.length === 0) return null;
  const failures = problems.filter(({ kind }) => kind === 'failure').length;
  const items = problems
    .slice(0, PROBLEMS_LISTED)
    .map(
      ({ kind, summary, where }) =>
        html`<li class="${kind}">${summary}${where === null ? null : html` <span class="path">${where}</span>`}</li>`,
    );
  const more = items.slice(PROBLEMS_SHOWN);
  return html`<section class="problems ${failures > 0 ? 'serious' : ''}" aria-labelledby="problems"><h2 id="problems">${
    failures > 0 ? `Not in the numbers: ${formatCount(failures)}` : 'Before you trust the numbers'
  }</h2><ul>${items.slice(0, PROBLEMS_SHOWN)}</ul>${
    more.length === 0
      ? null
      : html`<details><summary>${plural(problems.length - PROBLEMS_SHOWN, 'more line')}</summary><ul>${more}</ul></details>`
  }</section>`;
}

function gameSection(game: GameReport, series: Series, id: string): Markup {
  const hasText = game.policies.some(({ answers }) => answers.isText);
  const limit = game.maxSteps === null ? null : `, stopped after ${plural(game.maxSteps, 'decision')}`;
  return html`<section class="game" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${game.title}</h2>
<p class="meta">${game.env}, one decision in ${plural(game.frameSkip, 'frame')}${limit}</p>
${headline(game)}
${scorePlot(game, series)}
${scoreTable(game, id)}
${differencePlot(game, series)}
${curvePlot(game, series)}
${videoPicks(game)}
<section><h3>Answers</h3><p class="reading">${
    hasText
      ? 'How often an answer could not be used, each kind apart.'
      : 'No policy answered with text, so there was nothing to parse; errors and timeouts count all the same.'
  }</p>${answerTable(game, id)}${spentTable(game)}${unusableAnswers(game)}${actionTable(game, series)}</section>
${latencyPlot(game, series)}
${episodeTable(game)}
${manifests(game)}
</section>`;
}

/** The result in a sentence: who is ahead, by how much, how surely. */
function headline({ policies, comparisons }: GameReport): Markup | null {
  const [best, second] = policies;
  if (best === undefined || best.row.episodes === 0) return null;
  const scored = html`${policyName(best.label)} scores <strong>${formatScore(best.row.mean)}</strong>${
    best.row.interval ? html` <span class="muted">[${formatInterval(best.row.interval)}]</span>` : null
  } on average`;
  const pair = comparisons.find(({ row }) => row.a === best.label && row.b === second?.label)?.row;
  if (pair === undefined) return html`<p class="headline">${scored}.</p>`;
  return html`<p class="headline">${scored}, <strong>${formatDifference(pair.difference)}</strong>${
    pair.interval ? html` <span class="muted">[${formatInterval(pair.interval, formatDifference)}]</span>` : null
  } against ${policyName(pair.b)} on ${plural(pair.episodes, 'common seed')}.</p>`;
}

function acrossGames(report: Report): Markup | null {
  const table = aggregateTable(report);
  return (
    table &&
    html`<section class="game"><h2>All games</h2><p class="reading">Scores of different games on one scale: 0 is random play, 1 the expert.</p>${table}</section>`
  );
}

function method({ confidence }: Report): Markup {
  return html`<section class="method"><h2>How to read the numbers</h2><dl>
<dt>Planned, finished, failed, missing</dt><dd>A failed episode stays in the table. Only finished episodes have a score that counts: ended by the game, or by a limit that was set for all. A record that contradicts its own hash chain, or cannot be read to its end, counts as failed.</dd>
<dt>Intervals</dt><dd>${confidence * 100}&nbsp;% intervals: of means, and of the mean difference of pairs, by the symmetric bootstrap-t; of the IQM and of the probability of improvement by percentiles that are widened for few episodes; of shares by Wilson. Scores that are all the same have none. Of fewer than 20 episodes they are a rough guide.</dd>
<dt>IQM</dt><dd>Interquartile mean: the mean of the middle half of the scores. One lucky episode cannot carry it.</dd>
<dt>Normalised</dt><dd>(mean − random) / (reference − random). Random play and the expert are those of this report where they are in it, else those that the game’s file cites.</dd>
<dt>Ahead, and any seed against any other</dt><dd>On how many common seeds the first policy scored more, with the interval of that share, a tie counting as half. Any seed against any other is the unpaired probability of improvement: how likely a random score of the first policy is above a random score of the second. Scores that differ by rounding alone are ties.</dd>
<dt>Goal</dt><dd>Episodes that reached the score which the game’s file names as its goal, and the interval of that share.</dd>
<dt>Rates</dt><dd>Parse failures, illegal answers, model errors and timeouts are shares of all questions, retries included, and of failed episodes too. An answer that could not be used is never counted as an action.</dd>
<dt>Latency</dt><dd>Percentiles are within 1&nbsp;% of the exact ones.</dd>
</dl></section>`;
}
