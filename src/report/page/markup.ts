/**
 * HTML by template literals. What is put into a template is text and is escaped; only what another template made is
 * taken as it is, and nothing else can make such a value. So no text of a record can become markup.
 *
 * Rules for templates: attribute values stand in double quotes; no value stands in a tag's or attribute's name, in a
 * `style` or event attribute, or in a URL but for relative links that the report made itself.
 */

/** A piece of markup; made by `html`, and by `styleSheet` for the one sheet of the page. */
export interface Markup {
  readonly [MARK]: string;
}

export type Value = Markup | string | number | null | undefined | readonly Value[];

const MARK = Symbol('markup');

/** The tag. Null and undefined are nothing; lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = strings[0] as string;
  values.forEach((value, index) => {
    text += render(value) + strings[index + 1];
  });
  return { [MARK]: text };
}

/**
 * The content of a `style` element. A browser takes it word by word, so it is not escaped; it must be a style sheet of
 * this project, and one that would close the element is refused.
 */
export function styleSheet(css: string): Markup {
  if (css.includes('</')) throw new TypeError('a style sheet cannot hold a closing tag');
  return { [MARK]: css };
}

/** The text of a finished page. */
export function toText(markup: Markup): string {
  return markup[MARK];
}

function render(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (isMarkup(value)) return value[MARK];
  return value.map(render).join('');
}

function isMarkup(value: Markup | readonly Value[]): value is Markup {
  return Object.hasOwn(value, MARK);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Text for element content and quoted attributes. Characters that are not seen but change what is (controls, marks that
 * turn the direction of writing, halves of surrogate pairs) are shown by their number.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character] as string)
    .replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) =>
      character === '\n' || character === '\t' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}
