/** The vocabulary as Hugging Face's tokenizer.json. */
import { BYTE_CHARACTERS, spell } from './byte-alphabet.js';
import { learnMerges, type Merge } from './learn-merges.js';
import { NUMBER_KINDS, type NumberKindName, numberToken, SPLIT_PATTERN, splitText } from './split.js';

/** Tokens that are no text, first in the vocabulary; padding is 0, which is what filled-up places hold. */
export const SPECIAL_TOKENS = ['<pad>', '<s>', '</s>', '<image>', '<|user|>', '<|assistant|>', '<|system|>'] as const;
/** Pieces of prompts that are one token each. */
export const PROMPT_PIECES = [' [reconstruct]', ' [segmentation]', ' [detection]', ' box: '] as const;

/** tokenizer.json, as far as it is written here. */
export interface TokenizerJson {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly string[];
  };
}

/**
 * Learns a vocabulary of at most `size` tokens: special tokens, prompt pieces, bytes, numbers, and as many joined
 * pieces of `texts` as are frequent enough to fit.
 */
export function buildTokenizer(texts: Iterable<string>, size: number): TokenizerJson {
  const added = [...SPECIAL_TOKENS, ...PROMPT_PIECES];
  const fixed = [...BYTE_CHARACTERS, ...numberTokens().map(spell)];
  const merges = learnMerges(countWords(texts), size - added.length - fixed.length);
  const tokens = [...added, ...new Set([...fixed, ...merges.map(([left, right]) => left + right)])];
  const vocabulary = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: id < SPECIAL_TOKENS.length,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: SPLIT_PATTERN }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: beginsWith('<s>', vocabulary),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      // A piece that is in the vocabulary is its token: this is how numbers become one token each.
      ignore_merges: true,
      vocab: vocabulary,
      merges: merges.map(asText),
    },
  } as TokenizerJson;
}

/** Texts of all number tokens, kind after kind. */
export function numberTokens(): string[] {
  return (Object.keys(NUMBER_KINDS) as NumberKindName[]).flatMap((kind) =>
    Array.from({ length: NUMBER_KINDS[kind].count }, (_, value) => numberToken(kind, value)),
  );
}

/** How often each piece occurs, without those that are tokens already. */
function countWords(texts: Iterable<string>): Map<string, number> {
  const numbers = new Set(numberTokens());
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of splitText(text)) {
      if (!numbers.has(piece)) counts.set(spell(piece), (counts.get(spell(piece)) ?? 0) + 1);
    }
  }
  return counts;
}

const asText = ([left, right]: Merge): string => `${left} ${right}`;

/** The template that puts a first token before a text. */
function beginsWith(token: string, vocabulary: Readonly<Record<string, number>>): object {
  const first = { SpecialToken: { id: token, type_id: 0 } };
  const text = (id: string, type: number) => ({ Sequence: { id, type_id: type } });
  return {
    type: 'TemplateProcessing',
    single: [first, text('A', 0)],
    pair: [first, text('A', 0), text('B', 1)],
    special_tokens: { [token]: { id: token, ids: [vocabulary[token]], tokens: [token] } },
  };
}
