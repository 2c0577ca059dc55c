/** A CLIP's vocabulary: byte pairs learnt from captions, between a first and an end token, as tokenizer.json. */
import { join } from 'node:path';
import { writeFileAtomic } from '../../core/atomic-write.js';
import { makeFolder } from '../../core/index.js';
import { createRandom } from '../../core/random.js';
import { captionOf, makeScene } from '../pictures/index.js';
import { BYTE_CHARACTERS, spell } from '../vocabulary/byte-alphabet.js';
import { learnMerges } from '../vocabulary/learn-merges.js';

const PADDING = '<|padding|>';
const FIRST = '<|startoftext|>';
const END = '<|endoftext|>';

/** What config.json must say of the vocabulary. */
export interface VocabularyIds {
  readonly size: number;
  readonly padding: number;
  readonly first: number;
  readonly end: number;
}

/** Scenes whose captions are read. */
const SCENES = 4000;

/** Captions of drawn scenes, the same in every run. */
export function* sceneCaptions(): Generator<string> {
  for (let seed = 0; seed < SCENES; seed++) {
    const random = createRandom(seed, 'clip vocabulary');
    yield captionOf(makeScene(seed, random.next()), random);
  }
}

/**
 * Learns a vocabulary of at most `size` tokens from texts and writes tokenizer.json and tokenizer_config.json.
 * @param context longest text that the model reads, in tokens.
 */
export async function writeClipVocabulary(
  folder: string,
  texts: Iterable<string>,
  { size, context }: { size: number; context: number },
): Promise<VocabularyIds> {
  const merges = learnMerges(countWords(texts), size - BYTE_CHARACTERS.length - 3);
  const pieces = [...new Set([...BYTE_CHARACTERS, ...merges.map((pair) => pair.join(''))])];
  // The end token has the highest id, so that readers of both conventions find it.
  const tokens = [PADDING, ...pieces, FIRST, END];
  const vocabulary = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const id = (token: string): number => vocabulary[token] as number;
  const ids = { size: tokens.length, padding: id(PADDING), first: id(FIRST), end: id(END) };
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [PADDING, FIRST, END].map((content) => ({
      ...{ id: id(content), content, single_word: false, lstrip: false, rstrip: false, normalized: false },
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    // A space before the first word too: a word has one spelling wherever it stands.
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special(FIRST), { Sequence: { id: 'A', type_id: 0 } }, special(END)],
      pair: [
        special(FIRST),
        { Sequence: { id: 'A', type_id: 0 } },
        special(END),
        { Sequence: { id: 'B', type_id: 0 } },
      ],
      special_tokens: Object.fromEntries(
        [FIRST, END].map((token) => [token, { id: token, ids: [id(token)], tokens: [token] }]),
      ),
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false },
      vocab: vocabulary,
      merges: merges.map((pair) => pair.join(' ')),
    },
  };
  const config = { tokenizer_class: 'PreTrainedTokenizerFast', bos_token: FIRST, eos_token: END, pad_token: PADDING };
  await makeFolder(folder);
  await writeFileAtomic(join(folder, 'tokenizer.json'), `${JSON.stringify(json, null, 1)}\n`);
  const options = { ...config, model_max_length: context, clean_up_tokenization_spaces: false };
  await writeFileAtomic(join(folder, 'tokenizer_config.json'), `${JSON.stringify(options, null, 2)}\n`);
  return ids;
}

/** Words as the pre-tokenizer cuts them: with the space before, in small letters. */
function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of ` ${text.toLowerCase()}`.match(WORDS) ?? []) {
      counts.set(spell(piece), (counts.get(spell(piece)) ?? 0) + 1);
    }
  }
  return counts;
}

/** GPT-2's cut, which `ByteLevel` makes. */
const WORDS = /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
