/** Text of records reaches a terminal without its escapes. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Console } from '../../src/cli/shared/console.js';
import { align, harmless, harmlessLine, OWN_STYLES } from '../../src/cli/shared/text.js';
import { AgentError, harmlessName } from '../../src/core/index.js';
import { fakeDataset } from '../datasets/support/episodes.js';
import { editFile, recordRun } from '../record/support/records.js';
import { agent } from './agent-command.js';

/** Clears the screen, sets the title, turns the direction, and begins a line of its own. */
const HOSTILE = 'expert\u001b[2J\u001b]0;x\u0007\u202ederongi\r\nscore 99999\u009b8m';
const HARMFUL = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** The line of its own that the name would begin. */
const FORGED = /^\s*score 99999/m;

const unstyled = (text: string): string =>
  text
    .split(OWN_STYLES)
    .filter((_, i) => i % 2 === 0)
    .join('');

describe('text at the edge of the console', () => {
  it('has nothing that a terminal obeys, but for newlines, tabs and the console’s own styles', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(harmlessName(text)).not.toMatch(HARMFUL);
        expect(unstyled(harmless(text)).replace(/[\t\n]/g, '')).not.toMatch(HARMFUL);
        expect(unstyled(harmlessLine(text)).replace(/\t/g, '')).not.toMatch(HARMFUL);
      }),
    );
    expect(harmless('\u001b[1mscore 3\u001b[22m\n\tleft')).toBe('\u001b[1mscore 3\u001b[22m\n\tleft');
    expect(harmless('\u001b[8mhidden\u001b[2J')).toBe('\\u{1b}[8mhidden\\u{1b}[2J');
    expect(harmlessName('naïve 空 🚗 ö')).toBe('naïve 空 🚗 ö');
  });

  it('leaves a table its lines whatever a policy is called', () => {
    const table = align([
      ['game', 'policy'],
      ['carracing', HOSTILE],
    ]);
    expect(table.split('\n')).toHaveLength(2);
    expect(table).toContain('\\u{202e}derongi\\u{d}\\u{a}score');
  });

  it('keeps a table’s columns under each other where a name has wide or combining signs', () => {
    const table = align([
      ['game', 'policy', 'mean'],
      ['carracing', '空の車 🚗', '1.0'],
      ['carracing', 'nai\u0308ve', '12.5'],
    ]);
    expect(table.split('\n')).toEqual([
      'game       policy     mean',
      'carracing  空の車 🚗   1.0',
      'carracing  nai\u0308ve      12.5',
    ]);
  });
});

describe('a record with hostile names', { timeout: 60_000 }, () => {
  it.each([
    ['report', (run: string): string[] => ['report', run, '--out', join(run, 'report')]],
    ['sights', (run: string): string[] => ['sights', run]],
    ['compare', (run: string): string[] => ['compare', run, run, '--no-video', '--out', join(run, 'compare')]],
    ['replay', (run: string): string[] => ['replay', run, '--check']],
  ])('is shown and not obeyed by agent %s', async (_command, args) => {
    const { stdout, stderr } = await agent(args(await recordRun({ policy: HOSTILE })));
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(`${stdout}${stderr}`.replace(/[\t\n]/g, '')).not.toMatch(HARMFUL);
    expect(`${stdout}${stderr}`).not.toMatch(FORGED);
  });

  it.each(['list', 'info', 'check', 'diff'])('is shown and not obeyed by agent datasets %s', async (command) => {
    const dataset = await fakeDataset(1);
    const driver = JSON.stringify({ id: HOSTILE, provenance: {} });
    await editFile(dataset, 'dataset.json', (text) =>
      text.replace(/"driver":\{[^}]*\{\}\}/, () => `"driver":${driver}`),
    );
    const folders = command === 'diff' ? [dataset, await fakeDataset(2)] : [dataset];
    const { stdout, stderr } = await agent(['datasets', command, ...folders]);
    expect(stdout).not.toBe('');
    expect(`${stdout}${stderr}`.replace(/[\t\n]/g, '')).not.toMatch(HARMFUL);
    expect(`${stdout}${stderr}`).not.toMatch(FORGED);
  });
});

describe('a line of the console', () => {
  it.each(['print', 'note'] as const)('stays one whatever %s is given', (method) => {
    const written: string[] = [];
    for (const stream of [process.stdout, process.stderr]) {
      const spy = vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0);
      onTestFinished(() => spy.mockRestore());
    }
    const output = new Console({ json: false, quiet: false });
    output[method](`game  ${HOSTILE}`);
    output.failure(new AgentError('usage', `no ${HOSTILE}`, { got: HOSTILE, where: HOSTILE }));
    const text = written.join('');
    expect(text).not.toMatch(/^score 99999/m);
    expect(written[0]).not.toMatch(/\n./);
  });
});

describe('colours', () => {
  it.each([
    [{ TERM: 'xterm', NO_COLOR: '' }, '\u001b[31mno\u001b[39m'],
    [{ TERM: 'dumb', NO_COLOR: '' }, 'no'],
    [{ TERM: 'xterm', NO_COLOR: '1' }, 'no'],
  ])('with %j', (env, expected) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const terminal = { isTTY: true } as NodeJS.WriteStream;
    expect(new Console({ json: false, quiet: true }).style('no', 'red', terminal)).toBe(expected);
  });
});
