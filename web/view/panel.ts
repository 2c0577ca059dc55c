/** One episode's part of the page: its picture, what its policy was given, its words. */
import { Ask } from './ask.js';
import { showDetail } from './details.js';
import { el, fill } from './dom.js';
import type { Episode } from './episode.js';
import * as format from './format.js';
import { Given } from './given.js';
import type { Player } from './player.js';
import type { Server } from './source.js';
import { Stage } from './stage.js';

export class Panel {
  readonly element: HTMLElement;
  readonly #stage: Stage;
  readonly #given: Given;
  readonly #words = el('section', { class: 'words' });
  readonly #notice = el('div', { role: 'status' });

  /** @param place among the episodes that are shown; null where there is no other */
  constructor(
    private readonly episode: Episode,
    private readonly player: Player,
    server: Server | null,
    place: number | null,
  ) {
    const { asks, row } = episode.facts;
    const ask = asks && server ? new Ask(server, row.id, asks, () => player.placeIn(episode).step) : null;
    const askPixel = (y: number, x: number): void => {
      player.pause();
      ask?.askPixel(y, x);
    };
    this.#stage = new Stage(episode, player, ask && ((x, y) => askPixel(...this.#pixelAt(x, y))));
    this.#given = new Given(episode, ask && askPixel);
    this.element = el(
      'article',
      { class: `panel series-${place ?? 0}` },
      place !== null &&
        el(
          'h2',
          {},
          el('span', { class: 'key', 'aria-hidden': 'true' }),
          format.policy(row.policy),
          el('span', { class: 'muted' }, ` ${format.score(row.score)}`),
        ),
      this.#notice,
      this.#stage.element,
      el('div', { class: 'side' }, this.#given.element, this.#words, place === null && ask?.element),
    );
  }

  /** The picture, at every picture of the screen. */
  draw(): void {
    this.#stage.draw();
  }

  /** What is read beside it, less often. */
  drawWords(): void {
    const { step } = this.player.placeIn(this.episode);
    this.#stage.describe();
    this.#given.draw(step);
    const key = `${step} ${this.episode.detail(step) !== undefined}`;
    if (this.#words.dataset.shown !== key) {
      this.#words.dataset.shown = key;
      showDetail(this.#words, this.episode, step);
    }
    this.#tellTrouble();
  }

  #tellTrouble(): void {
    const { progress } = this.episode;
    const mismatch = progress?.mismatch;
    const where = mismatch?.step === null ? 'in the manifest' : `at decision ${mismatch?.step}`;
    const words = mismatch
      ? `Not as recorded ${where}: ${mismatch.field} was ${mismatch.expected}, and came out as ${mismatch.got}. ${mismatch.why}`
      : (progress?.trouble ?? (progress?.isReplayed && !progress.isLive ? VERIFIED : ''));
    if (this.#notice.dataset.words === words) return;
    this.#notice.dataset.words = words;
    const kind = words === VERIFIED ? 'verified' : 'mismatch';
    fill(this.#notice, words !== '' && el('p', { class: kind }, words));
  }

  /** A click on the game's picture as a pixel of the picture that the policy was given. */
  #pixelAt(x: number, y: number): [row: number, column: number] {
    const { pictures } = this.episode;
    const { step } = this.player.placeIn(this.episode);
    const picture = pictures.picture(step, 'given', (pictures.givenCountOf(step) ?? 0) - 1);
    const at = (share: number, size: number): number => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    return [at(y, picture?.height ?? 1), at(x, picture?.width ?? 1)];
  }
}

const VERIFIED = '✓ every picture, reward and flag came out as recorded';
