/** Names in records and evaluations from strangers: none of them is used as a path. */
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadShippedGame } from '../../src/agent/index.js';
import { refuseForeignFiles } from '../../src/evaluation/index.js';
import { isShippedPolicy } from '../../src/players/index.js';
import { editFile, recordRun } from '../record/support/records.js';
import { agent, scratchFolder } from './agent-command.js';

const GAMES = ['../../../../etc/passwd', '/etc/passwd', '/dev/zero', './carracing', 'carracing.yaml', '', '..'];
const POLICIES = [
  'script:x.txt',
  'script:/etc/passwd',
  'pae-lamm:/etc',
  'expert:runs/a',
  'frozen:../b',
  'expert:..',
  './my.mjs',
  'own.js:x',
];

describe('names of games and policies', () => {
  it.each(GAMES)('%j is no shipped game', (name) => {
    expect(() => loadShippedGame(name)).toThrow(expect.objectContaining({ code: 'unknown_game' }));
    expect(() => refuseForeignFiles([{ game_given: name, spec: 'random' }], () => false, 'x')).toThrow('--trust-files');
  });

  it.each(POLICIES)('%s names a file', (spec) => {
    expect(isShippedPolicy(spec)).toBe(false);
    expect(() => refuseForeignFiles([{ game_given: 'carracing', spec }], () => false, 'x')).toThrow('--trust-files');
  });

  it('are taken where they are shipped, name no file, or the user has said them', () => {
    expect(loadShippedGame('carracing').name).toBe('carracing');
    const specs = ['random', 'constant:gas', 'expert', 'expert:models/expert-carracing', 'pae-lamm:pae-lamm-carracing'];
    expect(specs.filter((spec) => !isShippedPolicy(spec))).toEqual([]);
    const entry = { game_given: './my.yaml', spec: 'script:a.txt' };
    const own = new Set(['./my.yaml', 'script:a.txt']);
    expect(() => refuseForeignFiles([entry], (name) => own.has(name), 'x')).not.toThrow();
  });
});

describe('the commands', { timeout: 120_000 }, () => {
  it('sights does not open the file that a record calls its game', async () => {
    const run = await recordRun();
    await editFile(run, 'manifest.json', (text) => text.replace('"name": "fake"', '"name": "/etc/passwd"'));
    const { exitCode, stderr } = await agent(['sights', run]);
    expect([1, 2]).toContain(exitCode);
    expect(stderr).toContain('game that is not shipped');
    expect(stderr).not.toContain('root:');
  });

  it('replay --policy-view does not open the checkpoint that a record names', async () => {
    const run = await recordRun();
    await editFile(run, 'manifest.json', (text) => text.replace('"constant:left"', '"expert:/etc"'));
    const { exitCode, stderr } = await agent(['replay', run, '--policy-view', '--video', join(run, 'v.mp4')]);
    expect([1, 2]).toContain(exitCode);
    expect(stderr).toContain('what this policy sees is not known');
  });

  it('eval --resume does not follow a link to another file', async () => {
    const run = await scratchFolder();
    await symlink('/etc/passwd', join(run, 'evaluation.json'));
    const linked = await agent(['eval', '--resume', run]);
    expect(linked.exitCode).toBe(1);
    expect(linked.stderr).toContain('a symbolic link');
    expect(linked.stderr).not.toContain('root:');
  });

  it('eval --resume does not open the files that an evaluation names', async () => {
    const run = await scratchFolder();
    const row = { game: 'carracing', game_given: 'carracing', game_sha256: '', policy: 'x', provenance: null };
    const file = {
      format: 1,
      name: 'x',
      given: [],
      seeds: '1',
      max_decisions: 2,
      plain: false,
      versions: {},
      starts: [],
    };
    const entries = [{ ...row, spec: 'script:/etc/passwd' }];
    await writeFile(join(run, 'evaluation.json'), JSON.stringify({ ...file, entries, finished: null }));
    const { exitCode, stderr } = await agent(['eval', '--resume', run]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--trust-files');
    expect(stderr).not.toContain('root:');
  });

  it('play does not read a device as a game', async () => {
    const { exitCode, stderr } = await agent(['play', '--game', '/dev/zero']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('a device or a pipe, no file');
  });
});
