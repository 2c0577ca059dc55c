/** A person plays: sees each moment as a policy is given it, and acts with keys or buttons. */
import type { SeatState } from '../../src/view/protocol.js';
import { el } from './dom.js';
import { actionOf } from './keys.js';
import { KeysTable, type SeatGame } from './keys-table.js';
import type { Page } from './page.js';
import type { Server } from './source.js';

export function humanPage(server: Server): Page {
  const seat = new HumanPage(server);
  return { title: 'Play', element: seat.element, close: () => seat.close() };
}

class HumanPage {
  readonly #canvas = el('canvas', {
    class: 'picture pixels',
    width: 96,
    height: 96,
    role: 'img',
    'aria-label': 'The game',
    tabIndex: 0,
  });
  readonly #title = el('h1', {}, 'Play');
  readonly #status = el('p', { class: 'meta', role: 'status' }, 'waiting for a game …');
  readonly #start = el('button', { type: 'button', class: 'play', onclick: () => this.#toggle() }, 'Start');
  readonly #leave = el(
    'button',
    { type: 'button', onclick: () => void this.server.say({ kind: 'leave' }) },
    'Leave the game',
  );
  readonly #keys = new KeysTable((action) => {
    this.#touched = action;
    this.#say();
  });
  readonly #frame = el('div', { class: 'frame' }, this.#canvas);
  readonly #doing = el('p', { class: 'doing', 'aria-hidden': 'true' });
  readonly element = el(
    'main',
    { id: 'main', class: 'human' },
    el(
      'header',
      { class: 'top' },
      el('div', {}, el('p', {}, el('a', { href: '#/' }, '← All episodes')), this.#title, this.#status),
    ),
    el(
      'div',
      { class: 'play-area' },
      el('div', { class: 'stage' }, this.#frame, this.#doing),
      el(
        'div',
        { class: 'side' },
        el('p', { class: 'buttons' }, this.#start, this.#leave),
        el('h2', {}, 'Keys'),
        this.#keys.element,
      ),
    ),
  );
  readonly #stop: () => void;
  #game: SeatGame | undefined;
  readonly #down = new Set<string>();
  /** A button of the page that is pressed, as the number of its action. */
  #touched: number | undefined;
  #isRunning = false;
  #said = -1;
  #order = 0;
  #shown = '';

  constructor(private readonly server: Server) {
    const nobody = 'Nobody plays at this page. agent play --policy human prints the link of one where you can.';
    this.#start.disabled = this.#leave.disabled = true;
    this.#stop = server.sit(
      (state) => this.#tell(state),
      () => {
        this.#status.textContent = nobody;
      },
    );
    document.addEventListener('keydown', this.#onKeyDown);
    document.addEventListener('keyup', this.#onKeyUp);
    window.addEventListener('blur', this.#letGo);
  }

  close(): void {
    this.#stop();
    document.removeEventListener('keydown', this.#onKeyDown);
    document.removeEventListener('keyup', this.#onKeyUp);
    window.removeEventListener('blur', this.#letGo);
  }

  #tell({ game, picture }: SeatState): void {
    if (game.kind !== 'game') {
      this.#game = undefined;
      this.#status.textContent =
        game.kind === 'over' ? 'The episode is over. It is in the list, to be seen again.' : 'waiting for a game …';
      this.#start.disabled = this.#leave.disabled = true;
      this.#doing.textContent = '';
      return;
    }
    if (this.#game?.game !== game.game || this.#game.seed !== game.seed) this.#begin(game);
    if (picture === null) return;
    this.#isRunning = picture.isRunning;
    this.#start.textContent = picture.isRunning ? 'Pause' : picture.step === 0 ? 'Start' : 'Go on';
    this.#status.textContent = picture.isRunning ? 'running' : picture.step === 0 ? 'Press Start, or Enter.' : 'paused';
    if (picture.picture !== this.#shown) void this.#show(picture.picture);
    this.#canvas.dataset.step = String(picture.step);
  }

  #begin(game: SeatGame): void {
    this.#game = game;
    this.#title.textContent = `${game.title}, seed ${game.seed}`;
    this.#keys.begin(game);
    this.#start.disabled = this.#leave.disabled = false;
    this.#said = -1;
    this.#order = 0;
    this.#canvas.focus({ preventScroll: true });
  }

  async #show(picture: string): Promise<void> {
    this.#shown = picture;
    const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    if (this.#canvas.width !== bitmap.width || this.#canvas.height !== bitmap.height) {
      [this.#canvas.width, this.#canvas.height] = [bitmap.width, bitmap.height];
      this.#frame.style.setProperty('--ratio', String(bitmap.width / bitmap.height));
    }
    this.#canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
  }

  #toggle(): void {
    void this.server.say({ kind: this.#isRunning ? 'pause' : 'start' });
    this.#canvas.focus({ preventScroll: true });
  }

  #say(): void {
    if (this.#game === undefined) return;
    const action = this.#touched ?? actionOf(this.#down, this.#keys.keys, this.#game.noop);
    this.#doing.textContent = this.#game.actions[action]?.name ?? '';
    if (action === this.#said) return;
    this.#said = action;
    void this.server.say({ kind: 'action', action, order: this.#order++ });
  }

  readonly #letGo = (): void => {
    this.#down.clear();
    this.#touched = undefined;
    this.#say();
  };

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#keys.isChoosing) {
      event.preventDefault();
      // The key that pressed the button may still be down.
      if (!event.repeat) this.#keys.down(event.code);
      return;
    }
    const isOnButton = (event.target as HTMLElement).closest('button, a') !== null;
    if (event.code === 'Enter' && !isOnButton) this.#toggle();
    if (!this.#keys.keys.some((keys) => keys.includes(event.code)) || (isOnButton && event.code === 'Space')) return;
    event.preventDefault();
    this.#down.add(event.code);
    this.#say();
  };

  readonly #onKeyUp = (event: KeyboardEvent): void => {
    if (this.#keys.isChoosing) this.#keys.up();
    else if (this.#down.delete(event.code)) this.#say();
  };
}
