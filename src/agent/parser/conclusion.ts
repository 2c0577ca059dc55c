/** Answers that stand by themselves: a line that is nothing but a name, or a last sentence that says what follows. */
import type { ActionLexicon } from './action-lexicon.js';
import { type Reading, readChat, readName } from './answer-text.js';
import { Passage } from './clauses.js';
import { coveredBy, doubtOf, takenBack } from './doubts.js';
import { splitWords } from './words.js';

const CONCLUDING = /^\W*(?:so|therefore|thus|hence|finally|in conclusion|in summary)(?![\p{L}\p{N}])/u;

/**
 * An answer that stands by itself: a last sentence that says what follows (`So I turn left.`), or a first or last line
 * that is nothing but a name. Lines that name different actions are a list, not an answer.
 */
export function readConclusion(folded: string, lexicon: ActionLexicon): Reading | undefined {
  const lines = folded.split('\n').filter((line) => splitWords(line).length > 0);
  const sentence =
    lines
      .at(-1)
      ?.split(/(?<=[.!?])\s+/u)
      .findLast((part) => splitWords(part).length > 0) ?? '';
  if (CONCLUDING.test(sentence)) {
    const reading = readChat(sentence.replace(CONCLUDING, ''), lexicon);
    if (reading.kind === 'one') return reading;
  }
  const alone = lines.map((line) => readName(line, lexicon));
  const named = new Set(alone.flatMap((reading) => (reading?.kind === 'one' ? [reading.action] : [])));
  if (named.size > 1) return undefined;
  if (alone.at(-1)) return unlessDoubted(alone.at(-1), lines, lines.length - 1, lexicon);
  return unlessDoubted(alone[0], lines, 0, lexicon);
}

/** Words with which a line goes on that was only broken: `left⏎is what I would never do`. */
const BEING = new Set("is was are were would isn't wasn't".split(' '));

/** A line's reading, unless the line that leads to it or what follows speaks against it. */
function unlessDoubted(
  reading: Reading | undefined,
  lines: readonly string[],
  line: number,
  lexicon: ActionLexicon,
): Reading | undefined {
  if (reading?.kind !== 'one') return reading;
  const passage = new Passage(lines.slice(Math.max(0, line - 1)).join('\n'));
  const at = line === 0 ? 0 : splitWords(lines[line - 1] ?? '').length;
  const to = at + splitWords(lines[line] ?? '').length;
  const covered = coveredBy(lexicon.mentions(passage.words));
  const goesOn = BEING.has(passage.words[to]?.text ?? '') ? 'the next line goes on about it' : undefined;
  const why = goesOn ?? doubtOf({ from: at, to }, passage, covered) ?? takenBack(passage, to, reading.action, lexicon);
  return why ? { kind: 'doubtful', found: [lexicon.nameOf(reading.action)], why } : reading;
}

/** A folded text without tags. */
export function withoutTags(text: string): string {
  return text.replace(/<\/?[a-z][a-z0-9_:-]{0,30}(?:\s[^<>\n]{0,80})?\/?>/giu, ' ');
}
