/** The tables of a game: scores, answers, actions. */
import { formatCount, formatInterval, formatNormalised, formatScore, formatShare, NOTHING } from '../format.js';
import type { GameReport, PolicyReport, Report } from '../report-data.js';
import { SPENT_COLUMNS, spentCells } from '../spent-table.js';
import { html, type Markup } from './markup.js';
import { type Column, figure, policyName, table } from './pieces.js';
import type { Series } from './series.js';
import { percent } from './svg.js';

type Row = PolicyReport['row'];

const SCORE_COLUMNS: readonly Column[] = [
  { title: 'Policy', isText: true },
  { title: 'Mean' },
  { title: '95 % interval', hint: 'Of the mean, by the bootstrap-t over episodes' },
  { title: 'Median' },
  { title: 'IQM', hint: 'Interquartile mean: the mean of the middle half' },
  { title: '95 % interval', hint: 'Of the interquartile mean' },
  { title: 'SD', hint: 'Sample standard deviation of the scores' },
  { title: 'Norm.', hint: 'Normalised: the mean with random play as 0 and the expert as 1' },
  { title: 'Planned', hint: 'Seeds for which an episode was asked' },
  { title: 'Finished', hint: 'Episodes that came to their end; only their scores count' },
  { title: 'Failed', hint: 'Errors, and records that cannot be trusted' },
  { title: 'Missing', hint: 'Cancelled, killed, or not begun' },
];
const HUMAN_COLUMN: Column = {
  title: 'Human',
  hint: 'The mean with random play as 0 and published human play as 1',
};
const GOAL_COLUMN: Column = {
  title: 'Goal',
  hint: 'Episodes that reached the game’s goal, and the 95 % interval of their share',
};
/** Where the column of human play goes, in games that have it: behind the expert's. */
const HUMAN_AT = SCORE_COLUMNS.findIndex(({ title }) => title === 'Norm.') + 1;

/** `prefix` makes the ids of the figures unique in the page. */
export function scoreTable({ title, policies }: GameReport, prefix: string): Markup {
  const hasHuman = policies.some(({ row }) => row.normalised.human !== null);
  const hasGoal = policies.some(({ row }) => row.success !== null);
  const rows = policies.map(({ label, row }, index) => {
    const id = (name: string): string => `${prefix}-p${index}-${name}`;
    const cells = [
      policyName(label),
      html`<strong>${figure(row.mean, formatScore(row.mean), id('mean'))}</strong>`,
      intervalFigure(row, row.interval, id('interval')),
      figure(row.median, formatScore(row.median), id('median')),
      figure(row.interquartile_mean, formatScore(row.interquartile_mean), id('iqm')),
      intervalFigure(row, row.interquartile_interval, id('iqm-interval')),
      figure(row.standard_deviation, formatScore(row.standard_deviation)),
      figure(row.normalised.expert, formatNormalised(row.normalised.expert), id('normalised')),
      figure(row.planned, formatCount(row.planned), id('planned')),
      figure(row.episodes, formatCount(row.episodes), id('episodes')),
      trouble(row.failed, id('failed')),
      trouble(row.missing, id('missing')),
    ];
    if (hasGoal) cells.push(successFigure(row));
    const human = figure(row.normalised.human, formatNormalised(row.normalised.human));
    return hasHuman ? cells.toSpliced(HUMAN_AT, 0, human) : cells;
  });
  const always = hasGoal ? [...SCORE_COLUMNS, GOAL_COLUMN] : SCORE_COLUMNS;
  const columns = hasHuman ? always.toSpliced(HUMAN_AT, 0, HUMAN_COLUMN) : always;
  return table(`${title}: scores`, columns, rows);
}

function trouble(count: number, key: string): Markup {
  const text = figure(count, formatCount(count), key);
  return count === 0 ? text : html`<strong class="bad">${text}</strong>`;
}

function successFigure({ success, episodes }: Row): Markup {
  if (success?.rate == null) return html`<span class="nothing">${NOTHING}</span>`;
  const interval = html` <span class="muted">[${formatInterval(success.interval, formatShare)}]</span>`;
  return html`${figure(success.rate, `${success.episodes} of ${episodes}`)}${interval}`;
}

/** Both ends, each exact. */
function intervalFigure({ episodes }: Row, interval: Row['interval'], key?: string): Markup {
  if (interval === null) return html`<span class="nothing">${episodes > 1 ? 'all the same' : NOTHING}</span>`;
  const [low, high] = interval;
  const keys = key === undefined ? [undefined, undefined] : [`${key}-low`, `${key}-high`];
  return html`${figure(low, formatScore(low), keys[0])} to ${figure(high, formatScore(high), keys[1])}`;
}

const ANSWER_COLUMNS: readonly Column[] = [
  { title: 'Policy', isText: true },
  { title: 'Decisions' },
  { title: 'Questions', hint: 'Times the policy was asked, retries included' },
  { title: 'Parse failures', hint: 'Answers in which no action was found, or several; of all questions' },
  { title: 'Illegal', hint: 'Answers that named an action the game does not have; of all questions' },
  { title: 'Model errors', hint: 'Of all questions' },
  { title: 'Timeouts', hint: 'Of all questions' },
  { title: 'Retries', hint: 'Of all decisions' },
  {
    title: 'Fallbacks',
    hint: 'Decisions by the game’s fallback action, because no answer could be used; of all decisions',
  },
];

export function answerTable({ title, policies }: GameReport, prefix: string): Markup {
  const rows = policies.map(({ label, row: { answers } }, index) => {
    const rate = (value: number, name: string): Markup => {
      const text = figure(value, formatShare(value), `${prefix}-p${index}-${name}`);
      return value > 0 ? html`<strong>${text}</strong>` : text;
    };
    return [
      policyName(label),
      figure(answers.decisions, formatCount(answers.decisions), `${prefix}-p${index}-decisions`),
      figure(answers.questions, formatCount(answers.questions)),
      rate(answers.parse_failures, 'parse-failures'),
      rate(answers.illegal, 'illegal'),
      rate(answers.model_errors, 'model-errors'),
      rate(answers.timeouts, 'timeouts'),
      rate(answers.retries, 'retries'),
      rate(answers.fallbacks, 'fallbacks'),
    ];
  });
  return table(`${title}: answers`, ANSWER_COLUMNS, rows);
}

/** What answers cost, of the policies that tell it. */
export function spentTable({ title, policies }: GameReport): Markup | null {
  const rows = policies.flatMap(({ label, row }) => (row.spent ? [[policyName(label), ...spentCells(row.spent)]] : []));
  if (rows.length === 0) return null;
  return html`<h4>What answers cost</h4>${table(`${title}: costs`, [{ title: 'Policy', isText: true }, ...SPENT_COLUMNS], rows)}`;
}

/** The most frequent answers that could not be used, as they came. */
export function unusableAnswers({ title, policies }: GameReport): Markup | null {
  const rows = policies.flatMap(({ label, answers }) =>
    answers.unusable.map(({ reason, text, count }) => [
      policyName(label),
      formatCount(count),
      reason,
      html`<q>${text}</q>`,
    ]),
  );
  if (rows.length === 0) return null;
  const columns = [
    { title: 'Policy', isText: true },
    { title: 'Times' },
    { title: 'Why', isText: true },
    { title: 'Answer or error', isText: true },
  ];
  return html`<h4>Most frequent answers that could not be used</h4>${table(`${title}: unusable answers`, columns, rows)}`;
}

/** How often each action was taken, with a bar as long as its share. */
export function actionTable(game: GameReport, series: Series): Markup | null {
  const { title, policies } = game;
  const [first] = policies;
  if (first === undefined || first.actions.length === 0) return null;
  const columns = [{ title: 'Policy', isText: true }, ...first.actions.map(({ name }) => ({ title: name }))];
  const rows = policies.map((policy) => [policyName(policy.label), ...sharesOf(policy, series(game, policy.label))]);
  return html`<h4>Actions taken</h4>${table(`${title}: actions taken`, columns, rows)}`;
}

function sharesOf({ actions }: PolicyReport, series: string): Markup[] {
  const total = actions.reduce((sum, { count }) => sum + count, 0);
  return actions.map(({ count }) => {
    const share = total === 0 ? 0 : count / total;
    return html`${figure(share, formatShare(share))}<svg class="bar ${series}" width="100%" height="5" aria-hidden="true"><rect width="${percent(share)}" height="5"/></svg>`;
  });
}

/** Policies over all games. */
export function aggregateTable({ aggregates }: Report): Markup | null {
  if (aggregates.length === 0) return null;
  const columns = [
    { title: 'Policy', isText: true },
    { title: 'Games' },
    { title: 'Mean', hint: 'Of the games’ normalised means: 0 is random play, 1 the expert' },
    { title: '95 % interval' },
    { title: 'Median' },
    { title: '95 % interval' },
    { title: 'IQM', hint: 'Interquartile mean of all normalised scores' },
    { title: '95 % interval' },
  ];
  const interval = (ends: readonly [number, number] | null): string => formatInterval(ends, formatNormalised);
  const rows = aggregates.map((row) => [
    policyName(row.policy),
    row.games.length,
    html`<strong>${figure(row.mean, formatNormalised(row.mean))}</strong>`,
    interval(row.interval),
    figure(row.median, formatNormalised(row.median)),
    interval(row.median_interval),
    figure(row.interquartile_mean, formatNormalised(row.interquartile_mean)),
    interval(row.interquartile_interval),
  ]);
  return table('All games, normalised', columns, rows);
}
