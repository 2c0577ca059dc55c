/** `agent instructions`, with a shipped player and the real emulator. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agent, scratchFolder } from './agent-command.js';

const FEW = ['--seeds', '90100', '--max-decisions', '4'];

describe('agent instructions', { timeout: 120_000 }, () => {
  it('asks a player otherwise at every second decision, and writes the table', async () => {
    const table = join(await scratchFolder(), 'told.json');
    const names = ['--names', 'german=nichts,rechts,links,schneller,bremsen'];
    const shown = await agent(['instructions', '-g', 'carracing', ...FEW, '--every', '2', ...names, '--table', table]);
    expect(shown.exitCode, shown.stderr).toBe(0);
    expect(shown.stdout).toMatch(/player +told +episodes +decisions +followed +by heart +unread/);
    const { rows } = JSON.parse(await readFile(table, 'utf8'));
    expect(rows.map(({ telling }: { telling: string }) => telling)).toEqual([
      ...['swapped', 'reordered', 'renamed', 'german'],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ game: 'carracing', policy: expect.stringMatching(/^pae-lamm:/), episodes: 1 });
      expect(row.decisions).toBe(2);
      expect(row.followed.share * row.decisions + row.by_heart.share * row.decisions + row.unread).toBeLessThanOrEqual(
        2,
      );
    }
  });

  it.each([
    [[], /what shall be played/],
    [['-g', 'carracing', '--policy', 'expert'], /expert.* reads no instructions/],
    [['-g', 'carracing', '--names', 'x=a,b'], /no names for the actions of Car Racing/],
    [['-g', 'carracing', '--names', 'swapped=a,b,c,d,e'], /no names for the actions/],
    [['-g', 'carracing', '-p', 'pae-lamm', '-p', 'pae-lamm'], /the same is given twice/],
    [['-g', 'nowhere'], /there is no game "nowhere"/],
  ])('refuses %j in words', async (args, says) => {
    const { exitCode, stderr } = await agent(['instructions', ...args, ...FEW]);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(exitCode).toBeGreaterThan(0);
  });
});
