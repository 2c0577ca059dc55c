/**
 * A Redis for the tests of the queue, out of Debian packages and without root: unpacked into the runtime folder, never
 * installed. A machine that has a redis-server already, or no apt, is left as it is.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../paths.mjs';
import { probe } from '../requirements.mjs';
import { SetupError } from '../setup-error.mjs';

/** The server, and the libraries that it needs and a small Debian lacks. */
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];

const isThere = (command) => probe(command, ['--version']).found;

export const redisStep = {
  name: 'redis',
  title: 'Redis for the tests',
  requires: [],
  diskBytes: () => 20e6,
  applies: ({ forTests }) => forTests && !isThere('redis-server') && isThere('apt-get') && isThere('dpkg-deb'),
  inputs: () => ({ packages: PACKAGES.join(' ') }),
  isPresent: () => existsSync(paths.redis),
  async run({ run, what, say }) {
    const folder = join(paths.temporary, 'redis');
    mkdirSync(folder, { recursive: true });
    rmSync(paths.redis, { recursive: true, force: true });
    mkdirSync(paths.redis);
    try {
      await run({ command: 'apt-get', args: ['download', ...PACKAGES], cwd: folder, what });
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(`Left out: Redis, and with it the tests of the queue (${error.details.reason ?? error.message}).`);
      return;
    }
    for (const deb of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
      await run({ command: 'dpkg-deb', args: ['-x', join(folder, deb), paths.redis], what });
    }
  },
};
