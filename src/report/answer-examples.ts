/** The most frequent answers that could not be used, in bounded memory whatever a record holds. */

/** Different texts that are told apart; a policy that rambles fills this, and what comes after is not counted. */
const MAX_DISTINCT = 2000;
/** Code points of a text that are kept: enough to see what went wrong. */
const MAX_LENGTH = 160;

export interface AnswerExample {
  readonly reason: string;
  readonly text: string;
  readonly count: number;
}

export class AnswerExamples {
  readonly #counts = new Map<string, { reason: string; text: string; count: number }>();

  add(reason: string, text: string, count = 1): void {
    const [shortReason, shortText] = [shorten(reason, 40), shorten(text, MAX_LENGTH)];
    const key = JSON.stringify([shortReason, shortText]);
    const known = this.#counts.get(key);
    if (known) known.count += count;
    else if (this.#counts.size < MAX_DISTINCT) this.#counts.set(key, { reason: shortReason, text: shortText, count });
  }

  addAll(other: AnswerExamples): void {
    for (const { reason, text, count } of other.#counts.values()) this.add(reason, text, count);
  }

  /** The most frequent first; among equals the one that came first. */
  top(limit: number): AnswerExample[] {
    return [...this.#counts.values()].sort((a, b) => b.count - a.count).slice(0, limit);
  }
}

/** The beginning of a text; what is cut off is marked. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const points = Array.from(text.slice(0, 2 * length + 2));
  return points.length <= length ? text : `${points.slice(0, length).join('')}…`;
}
