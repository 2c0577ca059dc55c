/** Takes out tagged parts whose tag says that they are no answer: `<previous_action>left</previous_action>`. */
import type { Told } from './asides.js';
import { setOf } from './words.js';

const TAG = /<(\/?)([a-z][\w-]{0,40})(?:\s[^<>\n]{0,80})?>/giu;
/** Words of a tag's name that make what it holds another's, or none of the answer. */
const FOREIGN = setOf(
  'previous last prior past history example examples user system human observation rejected not avoid wrong bad ' +
    'options context question query state available legal allowed possible invalid opponent instructions prompt del',
);
/** What a tool gave back; `<tool_call>` is the model's own. */
const RESULTS = /^(?:tool|function)_(?:response|result|output)s?$/iu;

/** Such a part ends with its own closing tag, or with the text. */
export function withoutForeignTags(raw: string): Told {
  const cuts: { why: string; text: string }[] = [];
  const kept: string[] = [];
  let at = 0;
  let open: { readonly name: string; readonly from: number } | undefined;
  const cut = (to: number) => {
    if (open) cuts.push({ why: `between tags <${open.name}>`, text: raw.slice(open.from, to) });
    open = undefined;
    at = to;
  };
  for (const match of raw.matchAll(TAG)) {
    const name = match[2]?.toLowerCase() ?? '';
    const isClosing = match[1] === '/';
    if (open) {
      if (isClosing && name === open.name) cut(match.index + match[0].length);
    } else if (!isClosing && isForeign(name)) {
      kept.push(raw.slice(at, match.index));
      open = { name, from: match.index };
    }
  }
  cut(open ? raw.length : at);
  return { text: [...kept, raw.slice(at)].join('\n'), cuts };
}

function isForeign(name: string): boolean {
  return RESULTS.test(name) || name.split(/[_-]/u).some((word) => FOREIGN.has(word));
}
