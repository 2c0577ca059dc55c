/** The keys of a game's actions: shown, changed, and to be pressed where there is no keyboard. */
import type { SeatEvent } from '../../src/view/protocol.js';
import { el, fill } from './dom.js';
import { keepKeys, readKeys } from './kept-keys.js';
import { type Keys, keyNames } from './keys.js';

export type SeatGame = Extract<SeatEvent, { kind: 'game' }>;

export class KeysTable {
  readonly element = el('div', { class: 'keys-table' });
  /** By action. */
  keys: Keys[] = [];
  #game: SeatGame | undefined;
  /** The action whose keys are being chosen, and those that were pressed so far. */
  #choosing: { readonly action: number; readonly keys: Set<string> } | undefined;

  /** @param onPress told of a name that is pressed, and of undefined when it is let go */
  constructor(private readonly onPress: (action: number | undefined) => void) {}

  begin(game: SeatGame): void {
    this.#game = game;
    this.keys = readKeys(game.game, this.#names, game.noop);
    this.#show();
  }

  /** Whether keys mean a choice now, and no action. */
  get isChoosing(): boolean {
    return this.#choosing !== undefined;
  }

  /** A key while keys are chosen. */
  down(code: string): void {
    if (code === 'Escape') this.#chosen(undefined);
    else this.#choosing?.keys.add(code);
  }

  /** The first key that is let go ends the choice. */
  up(): void {
    if (this.#choosing && this.#choosing.keys.size > 0) this.#chosen([...this.#choosing.keys]);
  }

  get #names(): string[] {
    return this.#game?.actions.map(({ name }) => name) ?? [];
  }

  #chosen(keys: Keys | undefined): void {
    const action = this.#choosing?.action ?? 0;
    this.#choosing = undefined;
    if (keys && this.#game) {
      this.keys[action] = keys;
      keepKeys(this.#game.game, this.#names, this.keys);
    }
    this.#show();
    document.getElementById(`change-${action}`)?.focus();
  }

  #show(): void {
    fill(
      this.element,
      el(
        'ul',
        {},
        this.#names.map((name, action) => this.#row(name, action)),
      ),
      el('p', { class: 'muted' }, 'Enter starts and pauses. A name can be pressed too, on a screen without keys.'),
    );
  }

  #row(name: string, action: number): HTMLElement {
    const isChoosing = this.#choosing?.action === action;
    const release = (): void => this.onPress(undefined);
    const press = el('button', { type: 'button', class: 'press', onpointerdown: () => this.onPress(action) }, name);
    for (const event of ['pointerup', 'pointercancel', 'pointerleave', 'keyup', 'blur']) {
      press.addEventListener(event, release);
    }
    press.addEventListener('keydown', ({ code }) => {
      if (code === 'Enter' || code === 'Space') this.onPress(action);
    });
    const choose = (): void => {
      this.#choosing = { action, keys: new Set() };
      this.#show();
    };
    const label = `change the keys of ${name}`;
    return el(
      'li',
      {},
      press,
      el('kbd', {}, isChoosing ? 'press keys …' : keyNames(this.keys[action] ?? [])),
      action !== this.#game?.noop &&
        el('button', { type: 'button', id: `change-${action}`, 'aria-label': label, onclick: choose }, 'change'),
    );
  }
}
