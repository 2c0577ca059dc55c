/**
 * Private folders for the sockets of emulator processes. Only the owner can enter one (mode 0700), which is what keeps
 * other users of the machine from the emulators. Removed when done with, and at the latest when this process exits.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentError, inWords, ownTag, sweepBy, taggedFolder } from '../core/index.js';

/** A Unix socket's path ends at 108 bytes (104 on macOS), and the system's folder for temporary files may be deep. */
const MAX_SOCKET_PATH = 100;

const PREFIX = 'agent-envs-';

const folders = new Set<string>();
/** Of what killed processes left; once is enough. */
let sweeping: Promise<void> | undefined;

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

export interface RuntimeFolder {
  /** Path of the socket, for `ipc://`. */
  readonly socketPath: string;
  remove(): Promise<void>;
}

export async function createRuntimeFolder(): Promise<RuntimeFolder> {
  const prefix = `${PREFIX}${ownTag()}-`;
  const isTooDeep = Buffer.byteLength(join(tmpdir(), `${prefix}XXXXXX`, 'socket')) > MAX_SOCKET_PATH;
  const parent = isTooDeep ? '/tmp' : tmpdir();
  sweeping ??= sweepBy(parent, taggedFolder(PREFIX));
  await sweeping;
  const folder = await mkdtemp(join(parent, prefix)).catch((error: unknown) => {
    throw noPlace(parent, error);
  }); // mkdtemp makes it 0700
  if (folders.size === 0) process.on('exit', removeAll);
  folders.add(folder);
  return {
    socketPath: join(folder, 'socket'),
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      if (folders.delete(folder) && folders.size === 0) process.off('exit', removeAll);
    },
  };
}

function noPlace(parent: string, cause: unknown): AgentError {
  return new AgentError('setup', 'there is no place for temporary files', {
    expected: 'a folder that this user may write to',
    got: inWords(cause),
    where: `TMPDIR, ${parent}`,
    next: 'set TMPDIR to such a folder',
    cause,
  });
}
