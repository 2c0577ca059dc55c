/** `agent parse`, as a person types it. */
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { AGENT, agent } from './agent-command.js';

describe('agent parse', { timeout: 60_000 }, () => {
  it('says what was left out, what was read and by which rule', async () => {
    const { exitCode, stdout } = await agent([
      'parse',
      '--game',
      'carracing',
      '<think>The answer is left.</think>I choose right.',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'left out  a thought: "<think>The answer is left.</think>"',
      'kept      what is read: "i choose right."',
      'read      it is marked as the answer: "i choose right"',
      'action    right (marker)',
    ]);
  });

  it('reads standard input, and says why there is no action, without failing', async () => {
    const input = '{"action":"left"} Wait, actually right.\n';
    const { exitCode, stdout } = await execa(AGENT, ['parse', '--game', 'carracing', '-', '--json'], { input });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      game: 'carracing',
      raw: input.trimEnd(),
      result: { ok: false, reason: 'ambiguous', found: ['left'] },
      steps: [{ what: 'read', why: '“wait” takes it back' }],
    });
  });

  it('needs a game', async () => {
    const none = await agent(['parse', 'left']);
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toMatch(/--game/);
    const wrong = await agent(['parse', '--game', 'carracng', 'left']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toMatch(/did you mean carracing\?/);
  });

  it('takes an answer that begins with a dash', async () => {
    const { exitCode, stdout } = await agent(['parse', '--game', 'carracing', '--', '- left']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/action +left/);
  });
});
