/** Every episode of a game, its video, and the manifest of its run. */
import { formatCount, formatMilliseconds, formatScore, NOTHING, plural } from '../format.js';
import type { EpisodeReport, GameReport, PlainJson, PolicyReport, Report } from '../report-data.js';
import { html, type Markup } from './markup.js';
import { type Column, figure, policyName, table } from './pieces.js';

/** What is more is in episodes.csv and report.json: a page of ten thousand rows helps nobody. */
const MAX_ROWS = 2000;
/** Characters of a manifest that are shown. */
const MAX_MANIFEST = 20_000;

const COLUMNS: readonly Column[] = [
  { title: 'Seed', isText: true },
  { title: 'Policy', isText: true },
  { title: 'Score' },
  { title: 'Decisions' },
  { title: 'Policy, ms', hint: 'Median milliseconds of a decision, the policy’s part' },
  { title: 'Emulator, ms', hint: 'Median milliseconds of a decision, the emulator’s part' },
  { title: 'Status', isText: true },
  { title: 'Video', isText: true },
];

/** By seed, so that the policies of a seed stand together. */
export function episodeTable({ title, policies }: GameReport): Markup {
  const all = policies.flatMap(({ label, episodes }) => episodes.map((episode) => ({ label, episode })));
  all.sort((a, b) => a.episode.seed - b.episode.seed);
  const rows = all
    .slice(0, MAX_ROWS)
    .map(({ label, episode }) => [
      episode.seed,
      policyName(label),
      figure(episode.score, formatScore(episode.score)),
      formatCount(episode.decisions),
      episode.policyMs === null ? NOTHING : formatMilliseconds(episode.policyMs.p50),
      episode.emulatorMs === null ? NOTHING : formatMilliseconds(episode.emulatorMs.p50),
      statusMark(episode),
      videoLink(episode, `${label}, seed ${episode.seed}`),
    ]);
  return html`<details><summary>Every episode <span class="muted">(${formatCount(all.length)})</span></summary>
    ${table(`${title}: every episode`, COLUMNS, rows)}${rest(all.length)}</details>`;
}

function statusMark({ status, isCounted, trouble }: EpisodeReport): Markup {
  if (isCounted) return html`${status}`;
  return html`<strong class="bad">${status}</strong>${trouble === null ? null : html` <span class="why">${trouble}</span>`}`;
}

function videoLink({ video }: EpisodeReport, of: string): Markup | string {
  return video === null ? NOTHING : html`<a href="${video}" aria-label="Video of ${of}">watch</a>`;
}

function rest(count: number): Markup | null {
  return count <= MAX_ROWS
    ? null
    : html`<p class="muted">The first ${formatCount(MAX_ROWS)}; all are in episodes.csv and report.json.</p>`;
}

/** The best, the median and the worst episode that there is a video of, policy by policy. */
export function videoPicks({ policies }: GameReport): Markup | null {
  const picks = policies.flatMap((policy) => {
    const filmed = policy.episodes
      .filter(({ isCounted, video, score }) => isCounted && video !== null && score !== null)
      .sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
    if (filmed.length === 0) return [];
    const named: [string, EpisodeReport | undefined][] = [
      ['best', filmed[0]],
      ['median', filmed.length > 2 ? filmed[Math.floor(filmed.length / 2)] : undefined],
      ['worst', filmed.length > 1 ? filmed.at(-1) : undefined],
    ];
    const links = named.map(([name, episode]) =>
      episode === undefined || episode.video === null
        ? null
        : html`<a href="${episode.video}">${filmed.length === 1 ? 'video' : name}: seed ${episode.seed}, ${formatScore(episode.score)}</a>`,
    );
    return [html`<li>${policyName(policy.label)} ${links}</li>`];
  });
  return picks.length === 0 ? null : html`<section class="videos"><h3>Watch</h3><ul>${picks}</ul></section>`;
}

/** What all runs of a policy share once, then what is each run's own. */
export function manifests(game: GameReport): Markup {
  return html`<details><summary>Manifests of every run</summary>${game.policies.map((policy) => policyManifests(policy))}</details>`;
}

/** What each evaluation was asked for. */
export function evaluationManifests({ evaluations }: Report): Markup | null {
  if (evaluations.length === 0) return null;
  return html`<section class="game"><h2>Evaluations</h2>${evaluations
    .slice(0, MAX_ROWS)
    .map(
      ({ run, manifest }) =>
        html`<details><summary><span class="path">${run}</span></summary>${json(manifest)}</details>`,
    )}</section>`;
}

function policyManifests({ label, episodes, manifest }: PolicyReport): Markup {
  const shown = episodes.slice(0, MAX_ROWS);
  return html`<section class="manifests"><h4>${policyName(label)}</h4>
    <details><summary>What ${episodes.length === 1 ? 'the run says' : `all ${plural(episodes.length, 'run')} share`}</summary>${json(manifest)}</details>
    ${shown.map(
      ({ seed, run, manifest: own }) =>
        html`<details><summary>seed ${seed} <span class="path">${run}</span></summary>${json(own)}</details>\n`,
    )}${rest(episodes.length)}</section>`;
}

function json(value: PlainJson): Markup {
  const text = JSON.stringify(value, null, 2);
  const cut =
    text.length > MAX_MANIFEST
      ? `${text.slice(0, MAX_MANIFEST)}\n… cut; the whole is in the run’s manifest.json`
      : text;
  return html`<pre tabindex="0">${cut}</pre>`;
}
