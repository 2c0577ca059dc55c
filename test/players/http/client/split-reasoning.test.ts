/** Reasoning in tags is told apart from the answer; nothing is lost, and a text without tags is left as it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitReasoning } from '../../../../src/players/http/client/split-reasoning.js';

describe('reasoning in tags', () => {
  it.each([
    ['left', 'left', ''],
    [' left\n', ' left\n', ''],
    ['<think>a</think>left', 'left', 'a'],
    ['<think></think>left', 'left', ''],
    ['<THINKING>a</THINKING> left', 'left', 'a'],
    ['<thought>a</thought>left', 'left', 'a'],
    ['<reasoning>a</reasoning>left', 'left', 'a'],
    ['<think>a <think>b</think> c</think>left', 'left', 'a <think>b</think> c'],
    ['<think>a</think>le<think>b</think>ft', 'ft', 'a</think>le<think>b'],
    ['ok <think>a</think>left', 'ok left', 'a'],
    ['a</think>left', 'left', 'a'],
    ['<think>a', '', 'a'],
    ['left <think>a', 'left', 'a'],
    ['<think>a</think>left<think>b', 'left', 'a\nb'],
    ['<thinker>left', '<thinker>left', ''],
    ['{"a":"<think>"}', '{"a":"<think>"}', ''],
  ])('%j', (answer, text, reasoning) => {
    expect(splitReasoning(answer)).toEqual({ text, reasoning });
  });

  it('any text before any tag, in time and without a tag left at its head', () => {
    const pieces = fc.array(fc.constantFrom('<think>', '</think>', '[THINK]', '[/THINK]', 'left', ' ', '\n', '<', '{'));
    fc.assert(
      fc.property(pieces, (parts) => {
        const answer = parts.join('');
        const { text, reasoning } = splitReasoning(answer);
        expect(text.length + reasoning.length).toBeLessThanOrEqual(answer.length);
        if (!/^\s*\{/.test(answer)) expect(text).not.toMatch(/<think>|<\/think>|\[\/?THINK\]/);
      }),
    );
    const long = splitReasoning(`${'<think>'.repeat(100_000)}left`);
    expect(long.text).toBe('');
  });
});
