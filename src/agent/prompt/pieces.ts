/** The braces in a prompt's pieces: which there are, and what fills them in. */

/** Where a frame's picture stands in a prompt. */
export const IMAGE_MARKER = '<image>';

/** What may stand in braces in each piece. */
export const PLACEHOLDERS = {
  template: ['instructions', 'actions', 'answer', 'frames'],
  instructions: [],
  frame: ['number', 'count'],
  action: ['name', 'description', 'index'],
  answer: ['names', 'sights', 'example'],
  retry: ['names'],
} as const satisfies Record<string, readonly string[]>;

const BRACES = /\{([A-Za-z_]+)\}/g;

/** The names in braces in a text, in order. Braces around anything but one word are text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(BRACES)].map((match) => match[1] as string);
}

/** The text with its braces filled in; what is filled in is not looked at again. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(BRACES, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : whole,
  );
}

/** How often the image marker stands in a text. */
export function countImages(text: string): number {
  return text.split(IMAGE_MARKER).length - 1;
}

/** The pieces of a game that does not bring its own. The constant part comes first, so that its KV cache can stay. */
export const DEFAULT_PIECES = {
  template: '{instructions}\n\nActions:\n{actions}\n\n{answer}\n\n{frames}\nAction:',
  frame: `Frame {number} of {count}: ${IMAGE_MARKER}`,
  action: '- {name}: {description}',
  answer: 'Answer with the name of one action and nothing else: {names}.',
  retry: 'That was no action. Answer with exactly one of: {names}.\nAction:',
} as const;

/**
 * How to answer in a game that asks for sights and does not say it in its own words. The example has a line of its own:
 * behind a blank, tokenizers cut its first bracket differently from that of an answer.
 */
export const SIGHTED_ANSWER =
  'Answer with the numbers and the name of one action: {names}.\n{sights}\nAs in\n{example}';
