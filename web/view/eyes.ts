/** A person takes the eye test: pictures, a question, and its choices as buttons and keys. */
import type { AskedNow, Progress, SittingState } from '../../src/eyetest/human/sitting-state.js';
import { el, fill } from './dom.js';
import { choiceKeys } from './eyes-keys.js';

const GONE = 'The server has ended. What you answered is kept; the same command goes on from there.';
const ENDS = {
  over: 'All tests are over. Thank you: the report is being written, and this page can be closed.',
  stopped: 'Stopped. What you answered is kept; the same command goes on from there. This page can be closed.',
} as const;

class EyesPage {
  readonly #words = el('h1', { id: 'question', tabIndex: -1 }, 'Eye test');
  readonly #pictures = el('div', { class: 'eyes-pictures' });
  readonly #choices = el('fieldset', { class: 'eyes-choices', 'aria-labelledby': 'question' });
  readonly #bar = el('progress', { max: 1, value: 0, 'aria-label': 'Part of the test that is done, at least' });
  readonly #progress = el('p', { class: 'meta' });
  readonly #stop = el('button', { type: 'button', onclick: () => void this.#send('stop', {}) }, 'Stop');
  readonly #trouble = el('p', { class: 'gone', role: 'alert', hidden: true });
  readonly element = el(
    'main',
    { id: 'main' },
    this.#trouble,
    el('p', { class: 'kind' }, 'Eye test'),
    this.#words,
    this.#pictures,
    this.#choices,
    el('div', { class: 'eyes-foot' }, this.#bar, this.#progress, this.#stop),
  );
  #asked: AskedNow | undefined;

  constructor() {
    document.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Asks the server what is asked now. */
  async look(): Promise<void> {
    await this.#show(() => fetch('api/question'));
  }

  /** Nothing can be pressed until the server has answered. */
  async #send(what: 'answer' | 'stop', body: object): Promise<void> {
    this.#asked = undefined;
    this.#choices.disabled = this.#stop.disabled = true;
    const headers = { 'content-type': 'application/json' };
    await this.#show(() => fetch(`api/${what}`, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  async #show(request: () => Promise<Response>): Promise<void> {
    try {
      let response = await request();
      // Answered in another window: what is asked now is shown here too.
      if (response.status === 400) response = await fetch('api/question');
      if (!response.ok) throw new Error(`The server answered ${response.status}. Load the page again.`);
      this.#tell((await response.json()) as SittingState);
    } catch (error) {
      this.#trouble.hidden = false;
      this.#trouble.textContent = error instanceof TypeError ? GONE : (error as Error).message;
    }
  }

  #tell({ now, progress }: SittingState): void {
    const { answered, tests, testsOver } = progress satisfies Progress;
    this.#bar.value = progress.part;
    this.#progress.textContent = `${answered} answered, ${testsOver} of ${tests} tests over`;
    const isAsked = now.kind === 'question';
    this.#asked = isAsked ? now : undefined;
    this.#words.textContent = isAsked ? now.words : ENDS[now.kind];
    fill(this.#pictures, isAsked && picturesOf(now));
    fill(this.#choices, isAsked && this.#buttonsOf(now));
    this.#choices.disabled = this.#stop.disabled = !isAsked;
    // Read aloud anew, and Tab goes on to the choices.
    this.#words.focus({ preventScroll: true });
  }

  #buttonsOf({ choices }: AskedNow): HTMLElement[] {
    const keys = choiceKeys(choices);
    return choices.map((name, choice) => {
      const properties = { type: 'button', 'aria-keyshortcuts': keys[choice], onclick: () => this.#choose(choice) };
      return el('button', properties, el('kbd', { 'aria-hidden': 'true' }, keys[choice]), name);
    });
  }

  #choose(choice: number): void {
    if (this.#asked === undefined) return;
    const { test, trial } = this.#asked;
    void this.#send('answer', { test, trial, choice });
  }

  #onKey(event: KeyboardEvent): void {
    // A key that is held down answers one question, not the next as well.
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || this.#asked === undefined) return;
    const choice = choiceKeys(this.#asked.choices).indexOf(event.key);
    if (choice === -1) return;
    event.preventDefault();
    this.#choose(choice);
  }
}

function picturesOf({ test, trial, pictures, side }: AskedNow): HTMLElement[] {
  return Array.from({ length: pictures }, (_, index) => {
    const name = pictures === 1 ? 'The picture' : `Picture ${index + 1} of ${pictures}`;
    const src = `api/pictures/${test}/${trial}/${index}`;
    const picture = el('img', { src, alt: name, width: side, height: side });
    return el('figure', {}, picture, pictures > 1 && el('figcaption', { 'aria-hidden': 'true' }, name));
  });
}

const page = new EyesPage();
fill(document.getElementById('app') as HTMLElement, page.element);
void page.look();
