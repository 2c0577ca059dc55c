/** `agent play` and `agent replay` in the real emulators, with what goes wrong in real life. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  agent,
  childrenOf,
  eventually,
  isAlive,
  linesWritten,
  readManifest,
  scratchFolder,
  timelessLines,
} from './agent-command.js';

const GAMES = [
  { game: 'carracing', steps: '120' },
  { game: 'spaceinvaders', steps: '200' },
];

const play = (game: string, out: string, ...more: string[]) =>
  agent(['play', '--game', game, '--seed', '7', '--policy', 'random', '--out', out, ...more]);

describe.each(GAMES)('$game', { timeout: 120_000 }, ({ game, steps }) => {
  it('plays the same record twice, verifies it, and finds a changed byte', async () => {
    const folder = await scratchFolder();
    const runs = [join(folder, 'a'), join(folder, 'b')] as const;
    for (const run of runs) {
      const { exitCode, stderr } = await play(game, run, '--max-decisions', steps, '--quiet');
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
    }
    expect(await timelessLines(runs[0])).toBe(await timelessLines(runs[1]));
    const { status, result } = await readManifest(runs[0]);
    expect(status).toBe('stopped');
    expect(result).toMatchObject({ decisions: Number(steps), recoveries: 0 });

    const verified = await agent(['replay', runs[0], '--json', '--quiet']);
    expect(verified.exitCode).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject({ isVerified: true, decisions: Number(steps) });

    const path = join(runs[1], 'steps.jsonl');
    const text = await readFile(path, 'utf8');
    const at = text.lastIndexOf('"observation":"') + 20;
    await writeFile(path, `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`);
    const tampered = await agent(['replay', runs[1], '--json', '--quiet']);
    expect(tampered.exitCode).toBe(1);
    expect(JSON.parse(tampered.stdout)).toMatchObject({ isVerified: false, difference: { step: Number(steps) } });
  });

  it('goes on when the emulator process is killed, to the very same record', async () => {
    const folder = await scratchFolder();
    const undisturbed = join(folder, 'undisturbed');
    const disturbed = join(folder, 'disturbed');
    await play(game, undisturbed, '--max-decisions', steps, '--quiet');

    const running = play(game, disturbed, '--max-decisions', steps);
    for (const moment of [10, 60]) {
      await eventually(`step ${moment}`, async () => ((await linesWritten(disturbed)) > moment ? true : undefined));
      const [emulator] = childrenOf(running.pid as number);
      if (emulator !== undefined) process.kill(emulator, 'SIGKILL');
    }
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('every hash equal');
    expect(await timelessLines(disturbed)).toBe(await timelessLines(undisturbed));
    const [a, b] = [await readManifest(undisturbed), await readManifest(disturbed)];
    expect(b.result?.chain).toBe(a.result?.chain);
    expect(b.result?.score).toBe(a.result?.score);
    expect(b.result?.recoveries).toBeGreaterThanOrEqual(1);
  });
});

describe('agent play', { timeout: 120_000 }, () => {
  it('plays any Gymnasium id, with its own action names', async () => {
    const run = join(await scratchFolder(), 'run');
    const { exitCode, stdout } = await agent([
      ...['play', '--env', 'ALE/Freeway-v5', '--policy', 'constant:up', '--seed', '3', '--max-decisions', '30'],
      ...['--out', run, '--json', '--quiet'],
    ]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ game: 'ale-freeway-v5', status: 'stopped', decisions: 30 });
    expect((await readManifest(run)).game.config).toMatchObject({ actions: [{}, { name: 'up' }, {}] });
  });

  it('lets the best that is shipped play where nobody is named: PAE-LaMM, else random actions', async () => {
    const folder = await scratchFolder();
    for (const [game, policy] of [
      ['carracing', /^pae-lamm:pae-lamm-carracing$/],
      ['spaceinvaders', /^pae-lamm:pae-lamm-spaceinvaders$/],
      ['breakout', /^random$/],
    ] as const) {
      const run = join(folder, game);
      expect((await agent(['play', '-g', game, '--max-decisions', '3', '-o', run, '-q'])).exitCode).toBe(0);
      expect((await readManifest(run)).policy.id).toMatch(policy);
    }
  });

  it('plays a game that is YAML alone', async () => {
    const run = join(await scratchFolder(), 'run');
    const { exitCode } = await agent([
      'play',
      '-g',
      'breakout',
      '-p',
      'constant:fire',
      '--max-decisions',
      '20',
      '-o',
      run,
      '-q',
    ]);
    expect(exitCode).toBe(0);
    expect((await readManifest(run)).env?.id).toBe('ALE/Breakout-v5');
  });

  it('writes a video while it plays, and the same one from the record', async () => {
    const folder = await scratchFolder();
    const run = join(folder, 'run');
    expect((await play('carracing', run, '--max-decisions', '8', '--record', '--quiet')).exitCode).toBe(0);
    const later = join(folder, 'later.mp4');
    expect((await agent(['replay', run, '--video', later, '--quiet'])).exitCode).toBe(0);
    const [live, rendered] = [await stat(join(run, 'episode.mp4')), await stat(later)];
    expect(live.size).toBeGreaterThan(10_000);
    expect(rendered.size).toBe(live.size);
  });

  it('closes the record on Ctrl-C and leaves no process behind', async () => {
    const run = join(await scratchFolder(), 'run');
    const running = play('carracing', run);
    await eventually('some steps', async () => ((await linesWritten(run)) > 5 ? true : undefined));
    const emulators = childrenOf(running.pid as number);
    expect(emulators.length).toBeGreaterThan(0);
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    const { status, result } = await readManifest(run);
    expect(status).toBe('cancelled');
    expect(result?.decisions).toBe((await linesWritten(run)) - 1);
    await eventually('the emulators to end', () => (emulators.some(isAlive) ? undefined : true));
    expect((await agent(['replay', run, '--check', '--quiet'])).exitCode).toBe(0);
  });

  it('keeps what a killed run had, and its emulators end too', async () => {
    const run = join(await scratchFolder(), 'run');
    const running = play('spaceinvaders', run);
    await eventually('some steps', async () => ((await linesWritten(run)) > 20 ? true : undefined));
    const emulators = childrenOf(running.pid as number);
    running.kill('SIGKILL');
    await running;
    await eventually('the emulators to end', () => (emulators.some(isAlive) ? undefined : true));
    expect((await readManifest(run)).status).toBe('running');
    const verified = await agent(['replay', run, '--json', '--quiet']);
    expect(verified.exitCode).toBe(0);
    expect(JSON.parse(verified.stdout).decisions).toBeGreaterThanOrEqual(20);
  });
});
