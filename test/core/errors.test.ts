import { describe, expect, it } from 'vitest';
import { AgentError, isAgentError, toErrorEnvelope } from '../../src/core/index.js';

describe('AgentError', () => {
  const cause = new Error('ENOENT');
  const error = new AgentError('config', 'the file does not fit', {
    expected: 'a number',
    got: '"four"',
    where: 'games/x.yaml:3 frames',
    next: 'write a number',
    cause,
  });

  it('says what was expected, what came, where and what to do next', () => {
    expect(error.message).toBe(
      'the file does not fit\n  expected: a number\n  got:      "four"\n  where:    games/x.yaml:3 frames\n  ' +
        'next:     write a number',
    );
    expect(error.cause).toBe(cause);
  });

  it('is plain data as an envelope, without what was not said', () => {
    expect(JSON.parse(JSON.stringify(error.toEnvelope()))).toEqual({
      code: 'config',
      message: 'the file does not fit',
      expected: 'a number',
      got: '"four"',
      where: 'games/x.yaml:3 frames',
      next: 'write a number',
    });
    expect(new AgentError('usage', 'no').toEnvelope()).toEqual({ code: 'usage', message: 'no' });
  });

  it('is told from others by code', () => {
    expect(isAgentError(error)).toBe(true);
    expect(isAgentError(error, 'usage')).toBe(false);
    expect(isAgentError(cause)).toBe(false);
    expect(toErrorEnvelope(cause)).toEqual({ code: 'internal', message: 'ENOENT' });
    expect(toErrorEnvelope('text')).toEqual({ code: 'internal', message: 'text' });
  });
});
