/**
 * Text as a terminal may be given it. A record or an evaluation may come from anybody, and its names may hold escapes that
 * move the cursor, hide what stands before them, or turn the direction of writing. They are shown instead of obeyed.
 */

const ESCAPE = '\u001b';
/** The styles of `Console.style`: the only escapes that pass. */
export const OWN_STYLES = new RegExp(`(${ESCAPE}\\[(?:1|2|22|31|32|33|36|39)m)`);
/** Controls but for tab and newline, marks of direction, and the separators that some terminals take for a newline. */
const HARMFUL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Keeps newlines, tabs and the console's own styles. */
export function harmless(text: string): string {
  return text
    .split(OWN_STYLES)
    .map((part, i) =>
      i % 2 === 1 ? part : part.replace(HARMFUL, (sign) => (/[\t\n]/.test(sign) ? sign : shown(sign))),
    )
    .join('');
}

/** A name, which may not make lines of its own either. */
export function harmlessName(name: string): string {
  return name.replace(HARMFUL, shown);
}

/** As JavaScript writes it, such as `\u{1b}`. */
function shown(sign: string): string {
  return `\\u{${(sign.codePointAt(0) as number).toString(16)}}`;
}
