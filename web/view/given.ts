/** The pictures that the policy was given for a decision, each pixel as it came. */
import { el, fill } from './dom.js';
import type { Episode } from './episode.js';

/** The picture is magnified to about so many pixels of the page. */
const GOOD_WIDTH = 192;

/** @param onPixel told of a click on the newest one, in its own rows and columns */
export class Given {
  readonly element: HTMLElement;
  readonly #row = el('div', { class: 'given-row' });
  #shown = '';

  constructor(
    private readonly episode: Episode,
    private readonly onPixel: ((row: number, column: number) => void) | null,
  ) {
    const { givenNote } = episode.facts;
    this.element = el(
      'section',
      { class: 'given' },
      el('h3', {}, 'Given to the policy'),
      this.#row,
      givenNote && el('p', { class: 'muted' }, givenNote),
    );
  }

  /** A game that is followed leaves its newest picture alone. */
  drawLive(): void {
    if (this.#shown === 'live') return;
    this.#shown = 'live';
    fill(this.#row, el('p', { class: 'muted' }, 'Pause the game to see all pictures of a decision, at full size.'));
  }

  draw(step: number): void {
    const { pictures } = this.episode;
    const count = pictures.givenCountOf(step);
    if (count === undefined) {
      pictures.want(step);
      return;
    }
    const found = Array.from({ length: count }, (_, index) => pictures.picture(step, 'given', index));
    const key = `${step} ${found.map(Boolean).join()}`;
    if (key === this.#shown || !found.every(Boolean)) return;
    this.#shown = key;
    fill(
      this.#row,
      (found as ImageBitmap[]).map((picture, index) => this.#figure(picture, index, count)),
    );
  }

  #figure(picture: ImageBitmap, index: number, count: number): HTMLElement {
    const { width, height } = picture;
    const isNewest = index === count - 1;
    const age = count === 1 ? '' : isNewest ? 'newest' : index === 0 ? 'oldest' : `${index + 1} of ${count}`;
    const label = `Picture ${index + 1} of ${count} that the policy was given, ${width} by ${height}`;
    const canvas = el('canvas', { width, height, role: 'img', 'aria-label': label, class: 'pixels' });
    canvas.style.width = `${Math.max(width, Math.floor(GOOD_WIDTH / width) * width)}px`;
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    const { onPixel } = this;
    if (onPixel && isNewest) {
      canvas.classList.add('asks');
      canvas.addEventListener('click', (event) => {
        const box = canvas.getBoundingClientRect();
        const at = (offset: number, size: number, pixels: number) =>
          Math.min(pixels - 1, Math.max(0, Math.floor((offset / size) * pixels)));
        onPixel(at(event.clientY - box.top, box.height, height), at(event.clientX - box.left, box.width, width));
      });
    }
    return el('figure', {}, canvas, el('figcaption', {}, `${age} ${width}×${height}`.trim()));
  }
}
