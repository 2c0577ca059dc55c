/** The pages that commands open: beside a game, and as a folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agent, eventually, readManifest, scratchFolder } from './agent-command.js';

/** The link that a command prints while it plays. */
function linkOf(playing: ReturnType<typeof agent>): Promise<string> {
  let told = '';
  playing.stderr?.on('data', (part) => {
    told += part;
  });
  return eventually('the link', () => /follow the game at (\S+)#\/live/.exec(told)?.[1]);
}

describe('agent play --view', { timeout: 120_000 }, () => {
  it('follows the game, stays while a page is open, and ends with the last one', async () => {
    const out = join(await scratchFolder(), 'run');
    const args = ['play', '--game', 'spaceinvaders', '--policy', 'noop', '--seed', '3', '--max-decisions', '50'];
    const playing = agent([...args, '--view', '--out', out]);
    const link = await linkOf(playing);
    // Open as a page is: one stream for as long as it is there.
    const leave = new AbortController();
    const stream = await fetch(`${link}api/here`, { signal: leave.signal });
    expect(stream.status).toBe(200);
    await eventually('the end of the game', async () => {
      const manifest = await readManifest(out).catch(() => undefined);
      return manifest && manifest.status !== 'running' ? true : undefined;
    });
    // The game is over, and the page can still be looked at.
    const { rows } = (await (await fetch(`${link}api/episodes`)).json()) as {
      rows: { status: string; decisions: number }[];
    };
    expect(rows).toMatchObject([{ status: 'stopped', decisions: 50 }]);
    leave.abort();
    const { exitCode, stdout } = await playing;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('50 decisions');
    await expect(fetch(link)).rejects.toThrow();
  });
});

describe('agent eval --view', { timeout: 120_000 }, () => {
  it('lists the evaluation, tells which game is played now, and ends with the last page', async () => {
    const out = join(await scratchFolder(), 'eval');
    const asked = ['-g', 'spaceinvaders', '-p', 'noop', '-p', 'constant:fire', '--seeds', '100000..100001'];
    const playing = agent(['eval', ...asked, '--max-decisions', '300', '--parallel', '1', '--view', '--out', out]);
    const link = await linkOf(playing);
    const leave = new AbortController();
    expect((await fetch(`${link}api/here`, { signal: leave.signal })).status).toBe(200);
    const get = async <T>(path: string): Promise<T> => (await fetch(`${link}api/${path}`)).json() as Promise<T>;
    const live = await eventually('a game', async () => (await get<{ id: string | null }>('live')).id ?? undefined);
    const { facts, series } = {
      facts: await get<{ row: { policy: string; evaluation: string } }>(`episodes/${live}`),
      series: await get<{ score: number[] }>(`episodes/${live}/series`),
    };
    expect(facts.row.policy).toMatch(/^(noop|constant:fire)$/);
    expect(Array.isArray(series.score)).toBe(true);
    type List = { evaluations: { id: string; episodes: number }[]; rows: { evaluation: string; decisions: number }[] };
    const list = await eventually('the last episode', async () => {
      const now = await get<List>('episodes');
      return now.rows.length === 4 && now.rows.every(({ decisions }) => decisions !== null) ? now : undefined;
    });
    expect(list.evaluations).toMatchObject([{ id: facts.row.evaluation, episodes: 4 }]);
    expect(list.rows.map(({ evaluation }) => evaluation)).toEqual(Array(4).fill(facts.row.evaluation));
    leave.abort();
    const { exitCode, stdout } = await playing;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/noop[\s\S]*constant:fire/);
    await expect(fetch(link)).rejects.toThrow();
  });
});

describe('agent view', { timeout: 120_000 }, () => {
  it('refuses folders that are not there, and an export of nothing', async () => {
    const folder = await scratchFolder();
    const missing = await agent(['view', join(folder, 'no-such')]);
    expect(missing).toMatchObject({ exitCode: 1 });
    expect(missing.stderr).toMatch(/the run folder cannot be read/);
    const empty = await agent(['view', folder, '--export', join(folder, 'site')]);
    expect(empty).toMatchObject({ exitCode: 2 });
    expect(empty.stderr).toMatch(/1 to 200 episodes/);
    expect(existsSync(join(folder, 'site'))).toBe(false);
  });

  it('a person plays on no other clock', async () => {
    const { exitCode, stderr } = await agent(['play', '--game', 'carracing', '--policy', 'human', '--clock', 'real']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/human keeps the game's own pace/);
  });
});
