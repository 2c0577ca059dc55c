/** One episode's part of the page: its picture, what its policy was given, its words. */
import type { Progress } from '../../src/view/protocol.js';
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
    // What is asked about stands still.
    const standing = (): number => {
      player.pause();
      return player.placeIn(episode).step;
    };
    const ask = asks && server ? new Ask(server, row.id, asks, standing) : null;
    const askPixel = (y: number, x: number): void => ask?.askPixel(y, x);
    this.#stage = new Stage(episode, player, ask && ((x, y) => this.#askAt(x, y, askPixel)));
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
    if (this.player.isFollowing && this.episode.hasOwnPictures) this.#given.drawLive();
    else this.#given.draw(step);
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
      : (progress?.trouble ?? (progress?.isReplayed && !progress.isLive ? VERIFIED : liveNote(progress)));
    if (this.#notice.dataset.words === words) return;
    this.#notice.dataset.words = words;
    const isBad = mismatch || progress?.trouble;
    const kind = words === VERIFIED ? 'verified' : isBad ? 'mismatch' : 'muted';
    fill(this.#notice, words !== '' && el('p', { class: kind }, words));
  }

  /** A click on the game's picture, asked as a pixel of the picture that the policy was given, where that is here. */
  #askAt(x: number, y: number, ask: (row: number, column: number) => void): void {
    this.player.pause();
    const { pictures } = this.episode;
    const { step } = this.player.placeIn(this.episode);
    const picture = pictures.picture(step, 'given', (pictures.givenCountOf(step) ?? 0) - 1);
    if (picture === undefined) return;
    const at = (share: number, size: number): number => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    ask(at(y, picture.height), at(x, picture.width));
  }
}

/** Why a game is followed otherwise than others are. */
const liveNote = (progress: Progress | null): string =>
  progress?.isLive && progress.liveTrouble ? `The game is played again for its pictures: ${progress.liveTrouble}` : '';

const VERIFIED = '✓ every picture, reward and flag came out as recorded';
