/** The vocabulary: numbers and prompt pieces are one token each, and every text survives. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatTemplate, Tokenizer } from '../../../src/model/text/index.js';
import { vocabularyCorpus } from '../../../src/training/vocabulary/corpus.js';
import { learnMerges } from '../../../src/training/vocabulary/learn-merges.js';
import { buildTokenizer, numberTokens, type TokenizerJson } from '../../../src/training/vocabulary/tokenizer-json.js';
import { writeVocabulary } from '../../../src/training/vocabulary/write-vocabulary.js';

let folder: string;
let tokenizer: Tokenizer;
let json: TokenizerJson;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vocabulary-'));
  json = buildTokenizer(vocabularyCorpus(), 1792);
  await writeVocabulary(folder, json, 512);
  tokenizer = await Tokenizer.load(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const tokens = (text: string, first = false): (string | undefined)[] =>
  tokenizer.encode(text, first).map((id) => tokenizer.decode([id]) || tokenizer.tokenOf(id));

describe('the vocabulary', () => {
  it('has the size that was asked for, and the same tokens every time', () => {
    expect(tokenizer.size).toBe(1792);
    expect(buildTokenizer(vocabularyCorpus(), 1792)).toEqual(json);
  });

  it('has one token for every number in its place', () => {
    for (const text of numberTokens()) expect(tokenizer.encode(text)).toHaveLength(1);
    expect(tokens('<image> [reconstruct] loc: [3,95] rgb: ', true)).toEqual([
      '<s>',
      '<image>',
      ' [reconstruct]',
      ' loc: [3',
      ',95] rgb: ',
    ]);
    expect(tokens('[0,255,17]')).toEqual(['[0', ',255', ',17]']);
    expect(tokens(' [segmentation] the star loc: [1,2] mask: 1')).toEqual([
      ' [segmentation]',
      ' the',
      ' star',
      ' loc: [1',
      ',2] mask: ',
      '1',
    ]);
    expect(tokens(' the red circle box: ').at(-1)).toBe(' box: ');
  });

  it('writes numbers that have no token with several', () => {
    expect(tokenizer.decode(tokenizer.encode('[256,1,999]'))).toBe('[256,1,999]');
    expect(tokenizer.encode('[256,1,999]').length).toBeGreaterThan(3);
  });

  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/<\|?(pad|s|\/s|image|user|assistant|system)\|?>/.test(text));
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it('has a chat template that puts pictures where they stand', async () => {
    const template = await ChatTemplate.load(folder, tokenizer.special, '<image>');
    const text = template?.render([{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: 'What?' }] }]);
    expect(text).toBe('<|user|><image>What?<|assistant|>');
    expect(tokens(text as string, true)[0]).toBe('<s>');
  });

  it('says to fill batches up from the left, so that answers follow their prompts', async () => {
    const config = JSON.parse(await readFile(join(folder, 'tokenizer_config.json'), 'utf8'));
    expect(config).toMatchObject({ padding_side: 'left', model_max_length: 512 });
  });
});

describe('learning merges', () => {
  it('joins the most frequent pair first, and rare ones not at all', () => {
    const words = new Map([
      ['low', 5],
      ['lower', 2],
      ['newest', 6],
      ['widest', 3],
    ]);
    // The example of Sennrich, Haddow and Birch (2016); of equally frequent pairs the first by its characters.
    expect(learnMerges(words, 3)).toEqual([
      ['e', 's'],
      ['es', 't'],
      ['l', 'o'],
    ]);
    expect(learnMerges(new Map([['ab', 1]]), 3)).toEqual([]);
  });
});
