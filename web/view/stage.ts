/** The picture of one episode: drawn as the player moves, with what the answer says that it sees. */
import { el, fill } from './dom.js';
import type { Episode } from './episode.js';
import * as format from './format.js';
import type { Place, Player } from './player.js';

/** Frames that are decoded ahead of those that are shown. */
const AHEAD = 12;

/** Colours of sights, in the game's order; as in style.css. */
const SIGHT_CLASSES = 6;

export class Stage {
  readonly element: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #wait: HTMLElement;
  /** Pictures that were put on the screen since the page was opened; benchmarks and tests read it. */
  shown = 0;
  #drawn: ImageBitmap | undefined;

  /** @param onPixel told of a click, in shares of the picture */
  constructor(
    private readonly episode: Episode,
    private readonly player: Player,
    onPixel: ((x: number, y: number) => void) | null,
  ) {
    const { title, row, size } = episode.facts;
    this.#canvas = el('canvas', {
      width: size?.width ?? 4,
      height: size?.height ?? 3,
      role: 'img',
      class: 'picture',
      'data-episode': row.id,
    });
    if (onPixel) {
      this.#canvas.addEventListener('click', (event) => {
        const { left, top, width, height } = this.#canvas.getBoundingClientRect();
        onPixel((event.clientX - left) / width, (event.clientY - top) / height);
      });
    }
    this.#marks = el('div', { class: 'marks', 'aria-hidden': 'true' });
    this.#wait = el('p', { class: 'wait', hidden: true });
    this.#frame = el('div', { class: 'frame' }, this.#canvas, this.#marks);
    this.element = el('div', { class: 'stage' }, this.#frame, this.#wait);
    this.element.style.setProperty('--lanes', String(episode.facts.sights.length));
    this.#canvas.setAttribute('aria-label', `${title}, not shown yet`);
    this.#shape();
  }

  /** Puts what belongs to the player's moment on the screen, as far as it is there. */
  draw(): void {
    const place = this.player.placeIn(this.episode);
    const isLive = this.player.isFollowing && this.episode.hasOwnPictures;
    const picture = isLive ? this.episode.livePicture : this.#pictureAt(place);
    if (isLive) this.#tell(picture && 'Live, as the policy is given it');
    else this.#tellWaiting(place, picture);
    if (picture && picture !== this.#drawn) this.#put(picture, isLive);
    if (this.player.isPlaying) this.#decodeAhead(place);
  }

  /** What stands still can be described. */
  describe(): void {
    const { facts } = this.episode;
    const { step } = this.player.placeIn(this.episode);
    const action = this.episode.detail(step)?.action;
    const words = `${facts.title}, ${format.policy(facts.row.policy)}, decision ${step}${action ? `: ${action}` : ''}`;
    this.#canvas.setAttribute('aria-label', words);
    this.#markSights(step);
  }

  #pictureAt({ step, share }: Place): ImageBitmap | undefined {
    const { pictures } = this.episode;
    const count = pictures.countOf(step);
    if (count === undefined) pictures.want(step);
    if (!count) return undefined;
    return pictures.picture(step, 'frames', Math.min(count - 1, Math.ceil(share * count - 1e-6) - 1));
  }

  #put(picture: ImageBitmap, isLive: boolean): void {
    const canvas = this.#canvas;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      canvas.width = picture.width;
      canvas.height = picture.height;
      // The game's own are small, and shown in the shape of the large ones: the page stays as it is.
      if (!isLive || this.episode.facts.size === null) this.#shape();
    }
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    this.#drawn = picture;
    this.shown += 1;
    canvas.dataset.shown = String(this.shown);
  }

  /** As large as the page has room for, in the picture's own shape. */
  #shape(): void {
    this.#frame.style.setProperty('--ratio', String(this.#canvas.width / this.#canvas.height));
  }

  #decodeAhead({ step }: Place): void {
    const { pictures } = this.episode;
    let frames = 0;
    for (let next = step; frames < AHEAD && next <= this.episode.last; next++) {
      const count = pictures.countOf(next);
      if (count === undefined) {
        pictures.want(next);
        return;
      }
      for (let index = 0; index < count; index++, frames++) pictures.picture(next, 'frames', index);
    }
    // The next part, before it is needed.
    pictures.want(step + 2 * AHEAD);
  }

  #tell(words: string | undefined): void {
    this.#wait.hidden = words === undefined;
    if (words !== undefined && words !== this.#wait.textContent) fill(this.#wait, words);
  }

  #tellWaiting({ step }: Place, picture: ImageBitmap | undefined): void {
    const { progress, last, isLive } = this.episode;
    const isComing = picture === undefined && progress !== null && step >= progress.pictures && !progress.isReplayed;
    const isMissing = picture === undefined && progress?.isReplayed === true && step >= progress.pictures;
    const [done, of] = [Math.max(0, (progress?.pictures ?? 0) - 1), isLive ? step : last];
    if (isComing) this.#tell(`Played again up to decision ${done} of ${of} …`);
    else this.#tell(isMissing ? 'There is no picture of this decision.' : undefined);
  }

  #markSights(step: number): void {
    const { facts } = this.episode;
    const said = this.episode.detail(step)?.sights ?? [];
    const { width, height } = this.#canvas;
    fill(
      this.#marks,
      facts.sights.map(({ name, marks }, index) => {
        const at = said[index];
        if (!marks || !at || at >= (marks === 'column' ? width : height)) return null;
        const mark = el('span', { class: `mark ${marks} sight-${index % SIGHT_CLASSES}`, title: `${name} ${at}` });
        mark.style.setProperty('--at', `${((at + 0.5) / (marks === 'column' ? width : height)) * 100}%`);
        mark.style.setProperty('--lane', String(index));
        return mark;
      }),
    );
  }
}
