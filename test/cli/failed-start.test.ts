/** An episode for which no emulator comes up: it leaves a record that says so, like any other that fails. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agent, linesWritten, readManifest, scratchFolder } from './agent-command.js';

/** A Python that is killed each time it starts an emulator; whatever else is asked of it, it does not do either. */
async function deadlyPython(folder: string): Promise<string> {
  const path = join(folder, 'python.sh');
  await writeFile(path, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
  return path;
}

describe('an emulator that never comes up', { timeout: 120_000 }, () => {
  it('leaves the record of a failed episode, which every reader understands', async () => {
    const folder = await scratchFolder();
    const env = { AGENT_PYTHON: await deadlyPython(folder) };
    const run = join(folder, 'run');
    const policy = ['--policy', 'constant:gas', '--max-decisions', '5', '--out', run];
    const { exitCode, stdout, stderr } = await agent(['play', '--game', 'carracing', ...policy], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`record ${run}`);
    expect(stderr).toMatch(/SIGKILL, again after 3 restarts/);
    expect(await readManifest(run)).toMatchObject({
      status: 'failed',
      game: { name: 'carracing' },
      policy: { id: 'constant:gas' },
      arguments: { resolved: { env: 'CarRacing-v3', maxSteps: 5 } },
      seed: 7,
      env: null,
      result: null,
      error: { code: 'emulator_died', message: expect.stringContaining('SIGKILL') },
    });
    expect(await linesWritten(run)).toBe(0);

    const replayed = await agent(['replay', run, '--check']);
    expect(replayed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('there is nothing to verify') });
    const reported = await agent(['report', run, '--out', join(folder, 'report'), '--json']);
    expect(reported.exitCode).toBe(0);
    const { verified, problems } = JSON.parse(reported.stdout);
    expect(verified).toBe(0);
    expect(problems[0]).toMatchObject({ kind: 'failure', summary: expect.stringContaining('SIGKILL') });
  });

  it('leaves nothing of an evaluation: it has not begun', async () => {
    const folder = await scratchFolder();
    const run = join(folder, 'evaluation');
    const asked = ['eval', '--game', 'carracing', '--policy', 'random', '--episodes', '2', '--out', run];
    const { exitCode, stderr } = await agent(asked, { env: { AGENT_PYTHON: await deadlyPython(folder) } });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/SIGKILL, again after 3 restarts/);
    await expect(readManifest(run)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
