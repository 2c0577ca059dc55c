/** One episode, or two to four of one seed side by side. */
import { findPartings } from '../../src/replay/divergence.js';
import { type Address, writeAddress } from './address.js';
import { Ask } from './ask.js';
import { Charts } from './charts.js';
import { Controls } from './controls.js';
import { showDetail } from './details.js';
import { el, fill } from './dom.js';
import { Episode } from './episode.js';
import * as format from './format.js';
import { Given } from './given.js';
import type { Page } from './page.js';
import { Player } from './player.js';
import type { Source } from './source.js';
import { Stage } from './stage.js';

type Wanted = Extract<Address, { kind: 'episodes' }>;

/** While it plays, words change this often: faster is not read. */
const WORDS_MS = 120;

/** One episode's part of the page. */
interface Panel {
  readonly episode: Episode;
  readonly stage: Stage;
  readonly given: Given;
  readonly words: HTMLElement;
  readonly notice: HTMLElement;
  readonly element: HTMLElement;
}

export async function episodePage(source: Source, wanted: Wanted): Promise<Page> {
  let isDrawing = false;
  let page: EpisodePage | undefined;
  // Whatever comes, the page is drawn once for it, with the next picture of the screen.
  const redraw = (): void => {
    if (isDrawing) return;
    isDrawing = true;
    requestAnimationFrame(() => {
      isDrawing = false;
      page?.draw();
    });
  };
  const episodes = await Promise.all(wanted.ids.map((id) => Episode.open(source, id, redraw)));
  page = new EpisodePage(source, episodes, wanted, redraw);
  redraw();
  return page;
}

class EpisodePage implements Page {
  readonly title: string;
  readonly element: HTMLElement;
  readonly #player: Player;
  readonly #panels: Panel[];
  readonly #controls: Controls;
  readonly #charts: Charts;
  readonly #link: HTMLAnchorElement;
  readonly #status = el('p', { class: 'hidden', role: 'status' });
  #wordsAt = 0;
  #lastWords = '';

  constructor(
    private readonly source: Source,
    private readonly episodes: readonly Episode[],
    private readonly wanted: Wanted,
    redraw: () => void,
  ) {
    const [first] = episodes as readonly [Episode];
    this.#player = new Player(episodes, redraw);
    this.#player.speed = wanted.speed;
    this.#player.by = wanted.by;
    const parting = episodes.length > 1 ? firstParting(episodes) : null;
    this.#panels = episodes.map((episode) => this.#panel(episode));
    this.#controls = new Controls(this.#player, episodes, parting, () => this.#player.goTo(this.#player.moment));
    this.#charts = new Charts(episodes, this.#player, parting);
    this.#link = el('a', { class: 'link', href: '#' }, 'Link to this view');
    this.title = `${first.facts.title}, seed ${first.facts.row.seed}`;
    this.element = this.#layout(first, parting);
    document.addEventListener('keydown', this.#controls.onKey);
    if (wanted.at === null && episodes.some(({ progress, facts }) => progress?.isLive ?? facts.row.isLive))
      this.#player.follow();
    else this.#player.goTo(wanted.at ?? 0);
  }

  close(): void {
    this.#player.pause();
    document.removeEventListener('keydown', this.#controls.onKey);
    for (const episode of this.episodes) episode.close();
  }

  draw(): void {
    const player = this.#player;
    player.grow();
    if (player.isFollowing && player.step !== Math.floor(player.last)) {
      player.follow();
      return;
    }
    for (const { stage } of this.#panels) stage.draw();
    this.#controls.draw();
    this.#charts.draw();
    const now = performance.now();
    if (player.isPlaying && now - this.#wordsAt < WORDS_MS) return;
    this.#wordsAt = now;
    for (const panel of this.#panels) this.#drawWords(panel);
    if (!player.isPlaying) this.#tellAddress();
  }

  #drawWords({ episode, stage, given, words, notice }: Panel): void {
    const { step } = this.#player.placeIn(episode);
    stage.describe();
    given.draw(step);
    const key = `${step} ${episode.detail(step) !== undefined}`;
    if (words.dataset.shown !== key) {
      words.dataset.shown = key;
      showDetail(words, episode, step);
    }
    tellTrouble(notice, episode);
  }

  #tellAddress(): void {
    const { moment, by, speed, isFollowing } = this.#player;
    const at = isFollowing ? null : Math.round(moment * 100) / 100;
    const address = writeAddress({ ...this.wanted, at, by, speed });
    this.#link.href = address;
    if (location.hash !== address) history.replaceState(null, '', address);
    const [first] = this.episodes as readonly [Episode];
    const { step } = this.#player;
    const action = first.detail(step)?.action;
    const said = `Decision ${step} of ${first.last}${action ? `, ${action}` : ''}, score ${format.score(first.series.score[step])}`;
    if (said !== this.#lastWords && !isFollowing) {
      this.#lastWords = said;
      this.#status.textContent = said;
    }
  }

  #panel(episode: Episode): Panel {
    const { asks, row } = episode.facts;
    const { server } = this.source;
    const ask = asks && server ? new Ask(server, row.id, asks, () => this.#player.placeIn(episode).step) : null;
    const askPixel = (y: number, x: number): void => {
      this.#player.pause();
      ask?.askPixel(y, x);
    };
    const onPixel = ask ? askPixel : null;
    const stage = new Stage(
      episode,
      this.#player,
      onPixel && ((x, y) => onPixel(...pixelAt(episode, this.#player, x, y))),
    );
    const given = new Given(episode, onPixel);
    const [words, notice] = [el('section', { class: 'words' }), el('div', { role: 'status' })];
    const isOne = this.episodes.length === 1;
    const side = el('div', { class: 'side' }, given.element, words, isOne && ask?.element);
    const place = this.episodes.indexOf(episode);
    const element = el(
      'article',
      { class: `panel series-${place}` },
      !isOne &&
        el(
          'h2',
          {},
          el('span', { class: 'key', 'aria-hidden': 'true' }),
          format.policy(row.policy),
          el('span', { class: 'muted' }, ` ${format.score(row.score)}`),
        ),
      notice,
      stage.element,
      side,
    );
    return { episode, stage, given, words, notice, element };
  }

  #layout({ facts }: Episode, parting: number | null): HTMLElement {
    const { row, title, error, manifest } = facts;
    const isOne = this.episodes.length === 1;
    const starts = new Set(this.episodes.map(({ facts: { row: own } }) => `${own.game} ${own.seed}`));
    const parts =
      starts.size > 1
        ? 'These are not of one game and seed.'
        : parting === null
          ? 'They never part.'
          : `They first part at decision ${parting}.`;
    const meta = isOne
      ? `${row.policy} · ${row.status === 'running' ? (row.isLive ? 'being played' : 'no end') : row.status} · score ${format.score(row.score)} · ${row.run}`
      : parts;
    return el(
      'main',
      { id: 'main', class: isOne ? 'episode one' : 'episode several' },
      el(
        'header',
        { class: 'top' },
        el(
          'div',
          {},
          el('p', {}, el('a', { href: '#/' }, '← All episodes')),
          el('h1', {}, `${title}, seed ${row.seed}`),
          el('p', { class: 'meta' }, meta),
        ),
        this.#link,
      ),
      error && isOne && el('p', { class: 'bad' }, error),
      el(
        'div',
        { class: 'panels' },
        this.#panels.map(({ element }) => element),
      ),
      this.#controls.element,
      this.#status,
      this.#charts.element,
      isOne &&
        el(
          'details',
          { class: 'manifest' },
          el('summary', {}, 'Manifest'),
          el('pre', { tabIndex: 0 }, JSON.stringify(manifest, null, 2)),
        ),
      el('p', { class: 'muted keys' }, 'Keys: ← → a decision, with Shift ten; Home, End; space or K plays and pauses.'),
    );
  }
}

function tellTrouble(notice: HTMLElement, { progress }: Episode): void {
  const mismatch = progress?.mismatch;
  const words = mismatch
    ? `Not as recorded ${mismatch.step === null ? 'in the manifest' : `at decision ${mismatch.step}`}: ${mismatch.field} was ${mismatch.expected}, and came out as ${mismatch.got}. ${mismatch.why}`
    : (progress?.trouble ?? (progress?.isReplayed && !progress.isLive ? 'verified' : ''));
  if (notice.dataset.words === words) return;
  notice.dataset.words = words;
  const isGood = words === 'verified';
  fill(
    notice,
    words !== '' &&
      el(
        'p',
        { class: isGood ? 'verified' : 'mismatch' },
        isGood ? '✓ every picture, reward and flag came out as recorded' : words,
      ),
  );
}

/** A click on the game's picture as a pixel of the picture that the policy was given. */
function pixelAt(episode: Episode, player: Player, x: number, y: number): [row: number, column: number] {
  const { step } = player.placeIn(episode);
  const count = episode.pictures.givenCountOf(step) ?? 0;
  const picture = episode.pictures.picture(step, 'given', count - 1);
  const at = (share: number, size: number): number => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
  return [at(y, picture?.height ?? 1), at(x, picture?.width ?? 1)];
}

/** The first decision at which not all did the same; null where none is. */
function firstParting(episodes: readonly Episode[]): number | null {
  const decisions = episodes.map(({ series }) =>
    series.executed.slice(1).map((action, index) => ({ action, score: series.score[index + 1] ?? 0 })),
  );
  const found = findPartings(decisions, 1).find(({ why }) => why === 'first different action');
  return found?.step ?? null;
}
