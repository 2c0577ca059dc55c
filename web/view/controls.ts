/** Play, pause, step, scrub, speed: buttons, and keys for those who look at the picture. */
import type { By } from './address.js';
import { el, fill } from './dom.js';
import type { Episode } from './episode.js';
import * as format from './format.js';
import { icon } from './icons.js';
import type { Parting } from './parting.js';
import { type Player, SPEEDS } from './player.js';

/** Decisions that Page Up and Page Down, or an arrow with Shift, go over. */
const JUMP = 10;

export class Controls {
  readonly element: HTMLElement;
  readonly #play: HTMLButtonElement;
  readonly #slider: HTMLInputElement;
  readonly #where: HTMLElement;
  readonly #live: HTMLButtonElement;
  readonly #part: HTMLButtonElement;
  readonly #next = el('a', { class: 'button', href: '#/live', hidden: true }, 'Follow the next game');
  /** Whether a game was still being played while this page was open. */
  #wasLive = false;

  constructor(
    private readonly player: Player,
    private readonly episodes: readonly Episode[],
    private readonly parting: Parting,
    onChoice: () => void,
  ) {
    const button = (label: string, sign: Parameters<typeof icon>[0], act: () => void): HTMLButtonElement =>
      el('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, icon(sign));
    this.#play = button('Play', 'play', () => player.toggle());
    this.#play.classList.add('play');
    this.#slider = el('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Decision' });
    this.#slider.addEventListener('input', () => player.goTo(Number(this.#slider.value)));
    this.#where = el('output', { class: 'where' });
    this.#live = el('button', { type: 'button', class: 'live', onclick: () => player.follow() }, 'Follow the game');
    this.#part = el('button', { type: 'button', onclick: () => player.goTo(parting.step ?? 0) });
    this.element = el(
      'div',
      { class: 'controls', role: 'group', 'aria-label': 'Playing' },
      this.#slider,
      el(
        'div',
        { class: 'buttons' },
        button('First', 'first', () => player.goTo(0)),
        button('A decision back', 'back', () => player.stepBy(-1)),
        this.#play,
        button('A decision on', 'on', () => player.stepBy(1)),
        button('Last', 'last', () => player.goTo(Math.floor(player.last))),
      ),
      this.#where,
      this.#live,
      this.#next,
      this.#part,
      choice(
        'Speed',
        SPEEDS.map((speed) => [String(speed), `${speed}×`]),
        String(player.speed),
        (value) => {
          player.speed = Number(value);
          onChoice();
        },
      ),
      episodes.length > 1 &&
        choice(
          'In step',
          [
            ['decision', 'by decision'],
            ['time', 'by game time'],
          ],
          player.by,
          (value) => {
            player.by = value as By;
            onChoice();
          },
        ),
    );
  }

  draw(): void {
    const { player } = this;
    const [first] = this.episodes;
    const isLive = this.episodes.some((episode) => episode.isLive);
    const last = Math.floor(player.last);
    this.#slider.max = String(last);
    this.#slider.value = String(player.step);
    const time = format.clock(player.moment / (first?.rate ?? 1));
    this.#where.textContent = `${player.step} of ${last}${isLive ? ', being played' : ''} · ${time}`;
    this.#slider.setAttribute('aria-valuetext', `decision ${player.step} of ${last}`);
    const label = player.isMoving ? 'Pause' : 'Play';
    if (this.#play.title !== label) {
      this.#play.title = label;
      this.#play.setAttribute('aria-label', label);
      fill(this.#play, icon(player.isMoving ? 'pause' : 'play'));
    }
    this.#part.hidden = this.parting.step === null;
    this.#part.textContent = `They part at ${this.parting.step}`;
    this.#live.hidden = !isLive || player.isFollowing;
    this.#wasLive ||= isLive;
    this.#next.hidden = isLive || !this.#wasLive;
  }

  /** Keys, wherever the focus is but in a field or on something that has keys of its own. */
  readonly onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input:not([type=range]), select, textarea'))
      return;
    const isButton = target.closest('button, a, summary') !== null;
    const jump = event.shiftKey ? JUMP : 1;
    const acts: Readonly<Record<string, (() => void) | undefined>> = {
      ArrowLeft: () => this.player.stepBy(-jump),
      ArrowRight: () => this.player.stepBy(jump),
      PageUp: () => this.player.stepBy(-JUMP),
      PageDown: () => this.player.stepBy(JUMP),
      Home: () => this.player.goTo(0),
      End: () => this.player.goTo(Math.floor(this.player.last)),
      k: () => this.player.toggle(),
      ' ': isButton ? undefined : () => this.player.toggle(),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
}

function choice(
  name: string,
  options: readonly (readonly [string, string])[],
  now: string,
  chosen: (value: string) => void,
): HTMLElement {
  const select = el(
    'select',
    {},
    options.map(([value, text]) => el('option', { value, selected: value === now }, text)),
  );
  select.addEventListener('change', () => chosen(select.value));
  return el('label', { class: 'choice' }, el('span', {}, name), select);
}
