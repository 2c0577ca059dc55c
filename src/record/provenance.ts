/** Which program plays: versions and commit, for the manifest. */
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectRoot } from '../core/project-paths.js';
import type { Manifest } from './schema.js';

/** Versions of this program, of Node.js and of the platform. The emulator's are in its handshake. */
export async function programVersions(root: string = projectRoot): Promise<Record<string, string>> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return { agent: version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
}

/**
 * The checked-out commit, and whether tracked or new files differ from it. Null where the program does not lie in a git
 * checkout of its own (installed as a package, perhaps inside somebody else's), or git is missing.
 */
export async function gitState(root: string = projectRoot): Promise<Manifest['git']> {
  const git = (...args: string[]) =>
    // Optional locks off: asking must not get in the way of a git command that runs meanwhile.
    execa('git', args, { cwd: root, reject: false, timeout: 10_000, env: { GIT_OPTIONAL_LOCKS: '0' } });
  const head = await git('rev-parse', '--show-toplevel', 'HEAD');
  const [toplevel, commit] = head.stdout.split('\n');
  if (head.failed || !toplevel || !commit) return null;
  if ((await realpath(toplevel)) !== (await realpath(root))) return null;
  const status = await git('status', '--porcelain');
  return { commit, dirty: status.failed || status.stdout !== '' };
}
