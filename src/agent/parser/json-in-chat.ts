/** Answers in JSON beside what the text around them says: that one is an example, or was taken back. */
import type { ActionLexicon } from './action-lexicon.js';
import { combine, type Reading, readChat } from './answer-text.js';
import type { Passage } from './clauses.js';
import { coveredBy, doubtOf, takenBack } from './doubts.js';
import { isStandIn, type JsonPiece } from './json-answer.js';
import { readMarked } from './marked-answer.js';

/** The answers in JSON that still stand in the text, unless what is said around them speaks against them. */
export function readJsonIn(
  passage: Passage,
  pieces: readonly JsonPiece[],
  lexicon: ActionLexicon,
): Reading | undefined {
  const covered = coveredBy(lexicon.mentions(passage.words));
  const answers = passage.words.flatMap(({ text }, at) => {
    const piece = isStandIn(text) ? pieces.find(({ standIn }) => standIn === text) : undefined;
    if (!piece?.reading || piece.reading.kind === 'none') return [];
    const why = doubtOf({ from: at, to: at + 1 }, passage, covered);
    const { reading } = piece;
    return [{ at, reading: reading.kind === 'one' ? { ...reading, words: piece.source } : reading, why }];
  });
  if (answers.length === 0) return undefined;
  const plain = answers.filter(({ why }) => why === undefined);
  const reading = combine(
    (plain.length > 0 ? plain : answers).map((one) => one.reading),
    lexicon,
  );
  if (reading?.kind !== 'one') return reading;
  const last = Math.max(...answers.map(({ at }) => at));
  const why = plain.length === 0 ? answers[0]?.why : contradicted(passage, last, reading.action, lexicon);
  const found = [lexicon.nameOf(reading.action)];
  return why ? { kind: 'doubtful', found, why } : reading;
}

/** Why JSON's answer does not stand beside what the text around it says. */
function contradicted(passage: Passage, at: number, action: number, lexicon: ActionLexicon): string | undefined {
  const back = takenBack(passage, at + 1, action, lexicon);
  if (back) return back;
  const marked = readMarked(passage, lexicon);
  if (marked?.kind === 'one' && marked.action !== action) return 'JSON and a marked answer differ';
  const after = readChat(passage.folded.slice(passage.words[at]?.end), lexicon);
  return after.kind === 'one' && after.action !== action ? 'what follows JSON chooses another action' : undefined;
}
