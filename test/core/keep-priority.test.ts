/** A child in a session of its own has no larger share of the processor than who began it. */
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';

const HAS_SHARES = existsSync('/proc/self/autogroup');
const title = HAS_SHARES ? '' : ' (skipped: this kernel has no shares of sessions)';

/** Starts a child in a session of its own, and tells the share of that session. */
const SCRIPT = `
  import { spawn } from 'node:child_process';
  import { readFileSync } from 'node:fs';
  import { keepPriority } from './src/core/keep-priority.ts';
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  keepPriority(child.pid);
  keepPriority(undefined);
  console.log(readFileSync('/proc/' + child.pid + '/autogroup', 'utf8').trim());
  child.kill('SIGKILL');
  child.once('close', () => keepPriority(child.pid));
`;

const shareOfChild = async (niceness: number): Promise<string> => {
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', SCRIPT];
  const { stdout } = await execa('nice', ['-n', String(niceness), ...node], { cwd: projectRoot });
  return stdout;
};

describe(`keepPriority${title}`, () => {
  it.skipIf(!HAS_SHARES)('gives the session of a child the low priority of its parent, and no other', async () => {
    expect(await shareOfChild(7)).toMatch(/nice 7$/);
    expect(await shareOfChild(0)).toMatch(/nice 0$/);
  });
});
