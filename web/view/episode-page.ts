/** One episode, or two to four of one seed side by side. */
import { type Address, writeAddress } from './address.js';
import { Charts } from './charts.js';
import { Controls } from './controls.js';
import { el } from './dom.js';
import { Episode } from './episode.js';
import * as format from './format.js';
import type { Page } from './page.js';
import { Panel } from './panel.js';
import { Parting } from './parting.js';
import { Player } from './player.js';
import type { Source } from './source.js';

type Wanted = Extract<Address, { kind: 'episodes' }>;

/** While it plays, words change this often: faster is not read. */
const WORDS_MS = 120;
/** And beside a game that is being played, whose machine has other things to do. */
const FOLLOWED_MS = 500;

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
  readonly #parting: Parting;
  readonly #meta = el('p', { class: 'meta' });
  readonly #link: HTMLAnchorElement;
  readonly #status = el('p', { class: 'hidden', role: 'status' });
  #wordsAt = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  #lastWords = '';

  constructor(
    source: Source,
    private readonly episodes: readonly Episode[],
    private readonly wanted: Wanted,
    private readonly redraw: () => void,
  ) {
    const [first] = episodes as readonly [Episode];
    this.#player = new Player(episodes, redraw);
    this.#player.speed = wanted.speed;
    this.#player.by = wanted.by;
    this.#parting = new Parting(episodes);
    const isOne = episodes.length === 1;
    this.#panels = episodes.map(
      (episode, place) => new Panel(episode, this.#player, source.server, isOne ? null : place),
    );
    this.#controls = new Controls(this.#player, episodes, this.#parting, () => this.#player.goTo(this.#player.moment));
    this.#charts = new Charts(episodes, this.#player, this.#parting);
    this.#link = el('a', { class: 'link', href: '#' }, 'Link to this view');
    this.title = `${first.facts.title}, seed ${first.facts.row.seed}`;
    this.element = this.#layout(first);
    document.addEventListener('keydown', this.#controls.onKey);
    if (wanted.at === null && episodes.some((episode) => episode.isLive)) this.#player.follow();
    else this.#player.goTo(wanted.at ?? 0);
  }

  close(): void {
    this.#player.pause();
    clearTimeout(this.#later);
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
    this.#parting.look();
    for (const panel of this.#panels) panel.draw();
    const now = performance.now();
    const since = now - this.#wordsAt;
    if (player.isFollowing && this.episodes.some((episode) => episode.isLive) && since < FOLLOWED_MS) {
      this.#drawLater(FOLLOWED_MS - since);
      return;
    }
    this.#controls.draw();
    this.#charts.draw();
    if (player.isPlaying && since < WORDS_MS) return;
    this.#wordsAt = now;
    for (const panel of this.#panels) panel.drawWords();
    this.#tellMeta();
    if (!player.isPlaying) this.#tellAddress();
  }

  /** The last of what comes in quick succession is told too. */
  #drawLater(ms: number): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.redraw();
    }, ms);
  }

  #tellMeta(): void {
    const [first] = this.episodes as readonly [Episode];
    const { row } = first.facts;
    const status = first.isLive ? 'being played' : row.status === 'running' ? 'no end' : row.status;
    const ofOne = [format.policy(row.policy), status, `score ${format.score(row.score)}`, row.run];
    const words = this.episodes.length > 1 ? this.#parting.words : ofOne.join(' · ');
    if (this.#meta.textContent !== words) this.#meta.textContent = words;
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

  #layout({ facts }: Episode): HTMLElement {
    const { row, title, error, manifest } = facts;
    const isOne = this.episodes.length === 1;
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
          this.#meta,
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
      el('p', { class: 'muted keys' }, 'Keys: ← → a decision, with Shift ten; Home, End; space or K plays and pauses.'),
      this.#status,
      this.#charts.element,
      isOne &&
        el(
          'details',
          { class: 'manifest' },
          el('summary', {}, 'Manifest'),
          el('pre', { tabIndex: 0 }, JSON.stringify(manifest, null, 2)),
        ),
    );
  }
}
