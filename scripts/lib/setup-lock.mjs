/**
 * One set-up at a time. The lock is a file naming its holder; a second start waits for it, and takes it over where
 * the holder is dead, after ending what the dead one's command still does (an orphaned `npm ci` would go on writing).
 */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { identify, isRunning, killGroup } from './process-identity.mjs';
import { SetupError } from './setup-error.mjs';
import { writeAtomically } from './stamps.mjs';

const pollMilliseconds = 150;
/** A holder touches its lock every few seconds; on another host that is the only sign of life. */
const foreignIsDeadAfterMilliseconds = 60_000;
const markerIsDeadAfterMilliseconds = 10_000;

const pause = () => new Promise((resolve) => setTimeout(resolve, pollMilliseconds));

/**
 * Waits for the lock and takes it.
 * Rejects with a SetupError where a folder has its name.
 * @param {string} path the lock file
 * @param {(holder: object) => void} onWait called once if another process holds it
 * @returns {Promise<{ setChild(pid: number | null): void, touch(): void, release(): void }>}
 */
export async function acquireSetupLock(path, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  const own = { ...identify(process.pid), host: hostname(), child: null };
  let told = false;
  while (!create(path, own)) {
    const holder = read(path);
    if (holder === null) continue; // released just now
    if (isAlive(path, holder)) {
      if (!told) onWait(holder);
      told = true;
      await pause();
    } else if (!(await removeDead(path, holder))) {
      await pause();
    }
  }
  return handle(path, own);
}

/** Creates the lock with its content in one move; a half-written lock could not be told from a dead one. */
function create(path, own) {
  const temporary = `${path}.${own.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(own));
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    if (error.code === 'EISDIR') throw folderError(path);
    return { pid: 0, start: null, host: hostname(), child: null }; // damaged: nobody's
  }
}

function folderError(path) {
  const reason = `a folder lies where its lock belongs: ${path}`;
  return new SetupError('the set-up cannot begin', { reason, next: `move it away: mv ${path} ${path}.old` });
}

function isAlive(path, holder) {
  if (holder.host === hostname()) return isRunning(holder);
  return ageOf(path) < foreignIsDeadAfterMilliseconds;
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/**
 * Removes a dead holder's lock. Of several that see it dead, the one that creates a marker named after the dead
 * holder goes on; it looks again, so that nobody removes the lock of a new holder.
 */
async function removeDead(path, dead) {
  const marker = `${path}.takeover-${dead.pid}-${String(dead.start).replace(/\W/g, '')}`;
  try {
    writeFileSync(marker, '', { flag: 'wx' });
  } catch {
    if (ageOf(marker) > markerIsDeadAfterMilliseconds) rmSync(marker, { force: true });
    return false;
  }
  try {
    const now = read(path);
    if (now === null || now.pid !== dead.pid || now.start !== dead.start) return true;
    if (now.child && now.host === hostname()) await killGroup(now.child);
    rmSync(path, { force: true });
    return true;
  } finally {
    rmSync(marker, { force: true });
  }
}

function handle(path, own) {
  return {
    /** Names the command that runs now, so that it can be ended if this process is killed. */
    setChild(pid) {
      writeAtomically(path, JSON.stringify({ ...own, child: pid === null ? null : identify(pid) }));
    },
    touch() {
      try {
        utimesSync(path, new Date(), new Date());
      } catch {
        // A sign of life that could not be given harms nobody on this host.
      }
    },
    release() {
      rmSync(path, { force: true });
    },
  };
}
