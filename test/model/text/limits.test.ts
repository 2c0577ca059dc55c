/** Templates and patterns that would never end, or take all memory, end. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../../src/model/text/index.js';
import { LimitedTemplate } from '../../../src/model/text/limited-template.js';
import { hasPlainPatterns } from '../../../src/model/text/tokenizer-limits.js';
import { FIXTURES } from '../network/golden.js';

const MODELS = join(FIXTURES, '..', '..', '..', 'models');

describe('a template', () => {
  it.each([
    ['a long range', '{% for i in range(10**9) %}a{% endfor %}', /range\(\) with 1000000000 entries; at most/],
    [
      'loops in loops',
      '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
      /too much|within/,
    ],
    ['a list that doubles', `{% set n = namespace(x=[1]) %}${'{% set n.x = n.x + n.x %}'.repeat(60)}`, /too much/],
    ['lists in lists', `{% set x = [1] %}${'{% set x = [x, x] %}'.repeat(60)}{{ x }}`, /too much/],
    ['a text that doubles', `{% set x = 'abcd' %}${'{% set x = x ~ x %}'.repeat(60)}{{ x }}`, /too much/],
    ['a value that holds itself', '{% set n = namespace(x=0) %}{% set n.x = n %}{{ n }}', /too much|within/],
    ['nothing but spaces', `${' '.repeat(2_000_000)}{{ 1 }}`, /2000007 characters; at most/],
  ])('ends, whatever it does: %s', (_, text, message) => {
    expect(() => new LimitedTemplate(text).render({})).toThrow(message);
  });

  it('has ranges and dates as published templates use them', () => {
    const render = (text: string) => new LimitedTemplate(text).render({});
    expect(render('{{ range(3) | list }}{{ range(1, 8, 3) | join(",") }}{{ range(3, 0, -1) | join(",") }}')).toBe(
      '[0, 1, 2]1,4,73,2,1',
    );
    expect(render('{{ strftime_now("%Y") }}')).toMatch(/^20\d\d$/);
    expect(() => render("{{ raise_exception('no') }}")).toThrow('no');
    expect(render("{{ ' a '.strip() }}{% set x %}b{% endset %}{{ x }}{% filter upper %}c{% endfilter %}")).toBe('abC');
    // A tag that is not known is no reason to leave out what stands in it.
    expect(() => render('{% wobble %}')).toThrow(/wobble/);
  });
});

describe('a tokenizer', () => {
  const load = async (change: (json: { model: object; pre_tokenizer: object }) => void): Promise<Tokenizer> => {
    const folder = await mkdtemp(join(tmpdir(), 'limits-'));
    try {
      await cp(join(FIXTURES, 'grouped-llama3'), folder, { recursive: true });
      const json = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'));
      change(json);
      await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
      return await Tokenizer.load(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
  const withPattern = (pattern: string) =>
    load((json) => {
      Object.assign(json, {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
            json.pre_tokenizer,
          ],
        },
      });
    });

  it('ends on a text on which its pattern does not', async () => {
    const tokenizer = await withPattern('(a+)+$');
    expect(() => tokenizer.encode(`${'a'.repeat(60)}!`)).toThrow(/patterns find no end[\s\S]*within 5 s/);
    expect(tokenizer.encode('b')).toHaveLength(1);
  });

  it.each([-1, 1.5, 2 ** 30])('may not have the id %s', async (id) => {
    await expect(load((json) => Object.assign(json.model, { vocab: { a: id } }))).rejects.toThrow(
      /token "a" has the id/,
    );
    await expect(load((json) => Object.assign(json, { added_tokens: [{ content: 'b', id }] }))).rejects.toThrow(
      /token "b" has the id/,
    );
  });

  it('is watched where its patterns are not plain, which those of the models here are', async () => {
    const json = JSON.parse(await readFile(join(MODELS, 'pae-lamm-mini', 'tokenizer.json'), 'utf8'));
    expect(hasPlainPatterns(json)).toBe(true);
    const plain = (Regex: string) => hasPlainPatterns({ normalizer: { pattern: { Regex } } });
    expect([plain(' ?\\p{L}+|[(a+)+]|\\s+'), plain('\\(+')]).toEqual([true, true]);
    expect([plain('(a+)+$'), plain('(?:a|a)*'), plain('a*a*b'), plain('(a|b){2,}')]).toEqual(Array(4).fill(false));
  });
});
