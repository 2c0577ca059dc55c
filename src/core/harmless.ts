/**
 * Names out of files, made harmless. A record, a dataset or an evaluation may come from anybody, and its names may hold
 * escapes that move the cursor, hide what stands before them, turn the direction of writing, or begin lines of their
 * own. They are shown instead of obeyed.
 */

/** Controls, marks of direction, and the separators that some terminals take for a newline. */
const HARMFUL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A name, or anything else that is one line. */
export function harmlessName(name: string): string {
  return name.replace(HARMFUL, shown);
}

/** Text of several lines: newlines and tabs stay. */
export function harmlessText(text: string): string {
  return text.replace(HARMFUL, (sign) => (/[\t\n]/.test(sign) ? sign : shown(sign)));
}

/** As JavaScript writes it, such as `\u{1b}`. */
function shown(sign: string): string {
  return `\\u{${(sign.codePointAt(0) as number).toString(16)}}`;
}
