/** A name with little around it, as answers give it where one is asked for: `left hard`, `I think it is left`. */
import type { ActionLexicon } from './action-lexicon.js';
import { setOf, splitWords } from './words.js';

/** What may lead to a name that stands for itself, and what makes it speak of something else. */
const LEADING = setOf(
  "to go move turn steer press push use do take apply please gently slightly hard just i think it is it's that's " +
    "would should be we will must i'll text textbf textit texttt textrm textsf mathrm mathbf mathit mathsf mathtt " +
    'operatorname emph',
);
const SPEAKING = setOf('is was are were has had looks seems bends of side lane edge');

/** Whether a value is a name with little around it, `left hard`, and no sentence: `the road bends left`. */
export function isPhrase(value: string, lexicon: ActionLexicon): boolean {
  const words = splitWords(value);
  const [first] = lexicon.mentions(words);
  if (!first) return true;
  const isLed = words.slice(0, first.from).every(({ text }) => LEADING.has(text));
  return isLed && !SPEAKING.has(words[first.to]?.text ?? '');
}
