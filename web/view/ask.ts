/** Questions to a model about the picture that stands still: in words, for a pixel, for the mask of what words mean. */
import type { Answered, AskingFacts, Question } from '../../src/view/protocol.js';
import { type Child, el, fill } from './dom.js';
import type { Server } from './source.js';

export class Ask {
  readonly element: HTMLElement;
  readonly #answers = el('div', { class: 'answers', 'aria-live': 'polite' });

  /** @param step the decision that is shown, for which the pictures are asked about */
  constructor(
    private readonly server: Server,
    private readonly id: string,
    facts: AskingFacts,
    private readonly step: () => number,
  ) {
    const text = el('input', {
      type: 'text',
      name: 'text',
      'aria-label': 'Question or expression',
      placeholder: 'What is on the road?',
    });
    const number = (label: string) => el('input', { type: 'number', min: '0', value: '0', 'aria-label': label });
    const [row, column] = [number('Row'), number('Column')];
    const words = (kind: 'words' | 'mask') => (): void => {
      if (text.value.trim() !== '') void this.ask({ kind, text: text.value.trim() });
    };
    this.element = el(
      'section',
      { class: 'ask' },
      el('h3', {}, `Ask ${facts.model}`),
      el(
        'p',
        { class: 'muted' },
        'About the newest picture that the policy was given. A click on it asks for that pixel.',
      ),
      el(
        'form',
        { onsubmit: submit(words('words')) },
        text,
        el('button', { type: 'submit' }, 'Ask'),
        el('button', { type: 'button', onclick: words('mask') }, 'Find it'),
      ),
      el(
        'form',
        {
          class: 'pixel',
          onsubmit: submit(() => this.askPixel(Number(row.value), Number(column.value))),
        },
        el('label', {}, 'row ', row),
        el('label', {}, 'column ', column),
        el('button', { type: 'submit' }, 'What is this pixel?'),
      ),
      this.#answers,
    );
  }

  askPixel(row: number, column: number): void {
    void this.ask({ kind: 'pixel', row, column });
  }

  async ask(question: Question): Promise<void> {
    const step = this.step();
    fill(this.#answers, el('p', { class: 'muted' }, 'asking …'));
    const asked = question.kind === 'pixel' ? `row ${question.row}, column ${question.column}` : question.text;
    try {
      const answer = await this.server.ask(this.id, step, question);
      fill(
        this.#answers,
        el('p', { class: 'muted' }, `Decision ${step}: ${asked}`),
        told(answer),
        el('p', { class: 'muted' }, `${answer.milliseconds} ms`),
      );
    } catch (error) {
      fill(this.#answers, el('p', { class: 'bad' }, error instanceof Error ? error.message : String(error)));
    }
  }
}

/** A form whose answer is shown here, and that leaves the page alone. */
function submit(act: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    act();
  };
}

function told(answer: Answered): Child {
  if (answer.kind === 'words') return el('pre', {}, answer.text || '(an empty answer)');
  if (answer.kind === 'pixel') {
    return el(
      'p',
      { class: 'colours' },
      swatch(answer.said),
      answer.said ? ` It says ${answer.said.join(', ')}. ` : ` It says ${answer.text}, which is no colour. `,
      swatch(answer.is),
      ` It is ${answer.is.join(', ')}.`,
    );
  }
  return [
    el(
      'p',
      {},
      answer.box
        ? `Box: rows ${answer.box[0]} to ${answer.box[2]}, columns ${answer.box[1]} to ${answer.box[3]}.`
        : `It named no box, but answered ${JSON.stringify(answer.text)}: it may not have been taught masks.`,
    ),
    el('img', {
      class: 'pixels',
      src: `data:image/png;base64,${answer.picture}`,
      alt: 'The picture with the mask in pink',
      width: 192,
    }),
  ];
}

function swatch(colour: readonly number[] | null): Child {
  if (colour === null) return null;
  const element = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  element.style.background = `rgb(${colour.join(' ')})`;
  return element;
}
