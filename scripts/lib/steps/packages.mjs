/** JavaScript packages, exactly as locked, without any package's install script. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths, root } from '../paths.mjs';
import { contentOf } from '../stamps.mjs';

const hiddenLock = join(paths.packages, '.package-lock.json');

export const packagesStep = {
  name: 'packages',
  title: 'JavaScript packages',
  requires: ['npm'],
  diskBytes: () => 700e6,
  /** A package installed from a registry carries its packages and its build with it. */
  applies: () => existsSync(paths.source),
  inputs: () => ({ lock: contentOf(join(root, 'package-lock.json')), platform: `${process.platform} ${process.arch}` }),
  isPresent: () => existsSync(hiddenLock),
  /**
   * After `npm install NAME` by hand everything is there already, and `npm ci` would only remove and fetch it again.
   */
  isDoneElsewhere: () => locksAgree(join(root, 'package-lock.json'), hiddenLock),
  async run({ run, what }) {
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=warn'];
    const network = (await reachesRegistry(run, quiet)) ? '--prefer-offline' : '--offline';
    const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', network, ...quiet];
    await run({ command: 'npm', args, what });
  },
};

/**
 * Without a network `npm ci` tries each of hundreds of packages for minutes; told so, it takes what its cache has, or
 * fails at once. A registry that knows no ping still answers.
 */
async function reachesRegistry(run, quiet) {
  try {
    await run({
      command: 'npm',
      args: ['ping', '--fetch-retries=1', '--fetch-retry-mintimeout=500', ...quiet],
      what: 'npm ping',
    });
    return true;
  } catch (error) {
    return error.details?.kind !== 'network';
  }
}

/** Whether npm's note of what it installed has every package of the lock, but for those of other platforms. */
export function locksAgree(lockPath, hiddenPath) {
  try {
    const wanted = JSON.parse(readFileSync(lockPath, 'utf8')).packages;
    const installed = JSON.parse(readFileSync(hiddenPath, 'utf8')).packages;
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === '' || entry.link) return true;
      const there = installed[path];
      return there ? there.version === entry.version && there.integrity === entry.integrity : Boolean(entry.optional);
    });
  } catch {
    return false;
  }
}
