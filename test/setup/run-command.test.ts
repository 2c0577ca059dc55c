import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../scripts/lib/run-command.mjs';
import { SetupError } from '../../scripts/lib/setup-error.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const named: (number | null)[] = [];
const lock = { setChild: (pid: number | null) => named.push(pid), touch() {}, release() {} };

function run(script: string): Promise<string> {
  const log = join(folder, 'logs', 'step.log');
  return runCommand({ command: '/bin/sh', args: ['-c', script], log, lock, what: 'The step' });
}

describe('runCommand', () => {
  it('gives both streams, keeps them in the log, and names the process in the lock before it begins', async () => {
    named.length = 0;
    const output = await run(`echo $PPID; echo out; echo problem >&2`);
    expect(output).toContain('out');
    expect(output).toContain('problem');
    expect(readFileSync(join(folder, 'logs', 'step.log'), 'utf8')).toContain('problem');
    expect(named).toEqual([expect.any(Number), null]);
  });

  it('gives the command no standard input to hang on', async () => {
    expect(await run('cat; echo over')).toContain('over');
  });

  it('names a known cause instead of the tool’s own words', async () => {
    const failed = run('echo "npm error code ENOTFOUND"; echo "at stack (x.js:1)"; exit 1');
    await expect(failed).rejects.toBeInstanceOf(SetupError);
    const error = (await failed.catch((e: unknown) => e)) as InstanceType<typeof SetupError>;
    expect(error.describe()).toContain('The step failed');
    expect(error.describe()).toContain('registry cannot be reached');
    expect(error.describe()).not.toContain('stack');
  });

  it('shows the end of the output where the cause is not known', async () => {
    const error = await run('for i in $(seq 40); do echo line $i; done; exit 3').catch((e: unknown) => e);
    const text = (error as InstanceType<typeof SetupError>).describe();
    expect(text).toContain('exit code 3');
    expect(text).toContain('line 40');
    expect(text).not.toContain('line 20\n');
  });

  it('says that a command which is not there failed', async () => {
    const log = join(folder, 'step.log');
    const failed = runCommand({ command: 'no-such-program', args: [], log, lock, what: 'The step' });
    await expect(failed).rejects.toThrow(/exit code 127/);
    expect(existsSync(log)).toBe(true);
  });
});
