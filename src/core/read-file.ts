/**
 * Reads the files that a person or a record names. A name may lead to anything: a pipe that nobody writes to never
 * answers, and a device such as /dev/zero never ends. Only a regular file of a bounded size is read.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Far more than any configuration, script or key holds that a person writes. */
export const MAX_TEXT_BYTES = 16 * 2 ** 20;

/** Why a file was not read; its message says what was there instead. */
export class RefusedFileError extends Error {}

export interface ReadTextOptions {
  /** Default `MAX_TEXT_BYTES`. */
  readonly maxBytes?: number;
  /** False of a file in a folder that a stranger may have made. Default true. */
  readonly followLinks?: boolean;
}

/**
 * The text of a regular file of a bounded size. Throws `RefusedFileError` of anything else, and Node's own error where
 * the file cannot be opened or read.
 */
export function readTextSync(path: string, options: ReadTextOptions = {}): string {
  const { maxBytes = MAX_TEXT_BYTES, followLinks = true } = options;
  const file = openToRead(path, followLinks);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile())
      throw new RefusedFileError(`${stats.isDirectory() ? 'a folder' : 'a device or a pipe'}, no file`);
    return readBounded(file, maxBytes).toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** `readTextSync` for whoever awaits; such files are small, so nothing is won by threads. */
export async function readText(path: string, options: ReadTextOptions = {}): Promise<string> {
  return readTextSync(path, options);
}

function openToRead(path: string, followLinks: boolean): number {
  // Without O_NONBLOCK opening a named pipe would wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW);
  try {
    return openSync(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!followLinks && (code === 'ELOOP' || code === 'EMLINK')) throw new RefusedFileError('a symbolic link, no file');
    throw error;
  }
}

/** The size in the folder is not trusted: files of /proc say 0, and others may grow while they are read. */
function readBounded(file: number, maxBytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readSync(file, chunk, 0, chunk.byteLength, null);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > maxBytes) throw new RefusedFileError(`a file of more than ${maxBytes} bytes`);
    chunks.push(chunk.subarray(0, length));
  }
}
