/** A person plays: sees each moment as a policy is given it, and acts with keys or buttons. */
import type { SeatEvent, SeatState } from '../../src/view/protocol.js';
import { el, fill } from './dom.js';
import { keepKeys, readKeys } from './kept-keys.js';
import { actionOf, type Keys, keyNames } from './keys.js';
import type { Page } from './page.js';
import type { Server } from './source.js';

type Game = Extract<SeatEvent, { kind: 'game' }>;

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
  readonly #keysBox = el('div', { class: 'keys-table' });
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
      el('div', { class: 'stage' }, this.#canvas, this.#doing),
      el(
        'div',
        { class: 'side' },
        el('p', { class: 'buttons' }, this.#start, this.#leave),
        el('h2', {}, 'Keys'),
        this.#keysBox,
      ),
    ),
  );
  readonly #stop: () => void;
  #game: Game | undefined;
  #keys: Keys[] = [];
  readonly #down = new Set<string>();
  /** A button of the page that is pressed, as the number of its action. */
  #touched: number | undefined;
  #isRunning = false;
  #said = -1;
  #order = 0;
  #shown = '';
  /** The action whose keys are being chosen, and those that were pressed so far. */
  #choosing: { readonly action: number; readonly keys: Set<string> } | undefined;

  constructor(private readonly server: Server) {
    this.#stop = server.sit((state) => this.#tell(state));
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

  #begin(game: Game): void {
    this.#game = game;
    this.#title.textContent = `${game.title}, seed ${game.seed}`;
    this.#keys = readKeys(
      game.game,
      game.actions.map(({ name }) => name),
      game.noop,
    );
    this.#start.disabled = this.#leave.disabled = false;
    this.#said = -1;
    this.#order = 0;
    this.#showKeys();
    this.#canvas.focus({ preventScroll: true });
  }

  async #show(picture: string): Promise<void> {
    this.#shown = picture;
    const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    if (this.#canvas.width !== bitmap.width || this.#canvas.height !== bitmap.height) {
      [this.#canvas.width, this.#canvas.height] = [bitmap.width, bitmap.height];
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
    const action = this.#touched ?? actionOf(this.#down, this.#keys, this.#game.noop);
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
    if (this.#choosing) {
      event.preventDefault();
      if (event.code === 'Escape') this.#chosen(undefined);
      else this.#choosing.keys.add(event.code);
      return;
    }
    const isOnButton = (event.target as HTMLElement).closest('button, a') !== null;
    if (event.code === 'Enter' && !isOnButton) this.#toggle();
    if (!this.#keys.some((keys) => keys.includes(event.code)) || (isOnButton && event.code === 'Space')) return;
    event.preventDefault();
    this.#down.add(event.code);
    this.#say();
  };

  readonly #onKeyUp = (event: KeyboardEvent): void => {
    if (this.#choosing) {
      if (this.#choosing.keys.size > 0) this.#chosen([...this.#choosing.keys]);
      return;
    }
    if (this.#down.delete(event.code)) this.#say();
  };

  #chosen(keys: Keys | undefined): void {
    const { action } = this.#choosing as { action: number };
    this.#choosing = undefined;
    if (keys) this.#keys[action] = keys;
    const game = this.#game as Game;
    keepKeys(
      game.game,
      game.actions.map(({ name }) => name),
      this.#keys,
    );
    this.#showKeys();
    document.getElementById(`change-${action}`)?.focus();
  }

  #showKeys(): void {
    const { actions, noop } = this.#game as Game;
    fill(
      this.#keysBox,
      el(
        'ul',
        {},
        actions.map(({ name }, action) => this.#keyRow(name, action, action === noop)),
      ),
      el('p', { class: 'muted' }, 'Enter starts and pauses. A name can be pressed too, on a screen without keys.'),
    );
  }

  #keyRow(name: string, action: number, isNoop: boolean): HTMLElement {
    const isChoosing = this.#choosing?.action === action;
    const press = (isDown: boolean) => (): void => {
      this.#touched = isDown ? action : undefined;
      this.#say();
    };
    const release = press(false);
    return el(
      'li',
      {},
      el(
        'button',
        {
          type: 'button',
          class: 'press',
          onpointerdown: press(true),
          onpointerup: release,
          onpointercancel: release,
          onpointerleave: release,
        },
        name,
      ),
      el('kbd', {}, isChoosing ? 'press keys …' : keyNames(this.#keys[action] ?? [])),
      !isNoop &&
        el(
          'button',
          {
            type: 'button',
            id: `change-${action}`,
            'aria-label': `change the keys of ${name}`,
            onclick: () => {
              this.#choosing = { action, keys: new Set() };
              this.#showKeys();
            },
          },
          'change',
        ),
    );
  }
}
