/** Lines of a file as they are read, in constant memory; and those of a file that is in memory. */
import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;
/** Most records that are read a thousand at a time are short: a large buffer for each keeps the collector busy. */
const FIRST_CHUNK_BYTES = 16 * 1024;

export interface Line {
  /** Without its newline. */
  readonly text: string;
  /** From 1 on. */
  readonly number: number;
  /** False of a last line that lacks its newline. */
  readonly isWhole: boolean;
}

/** Thrown of a line that is longer than allowed; nothing of it is kept. */
export class OverlongLineError extends Error {
  constructor(readonly line: number) {
    super(`line ${line} is too long`);
  }
}

/**
 * Reads `file` from its start. The caller closes it.
 * @param waitForMore asked at the end of a file that still grows: true looks again, false ends
 */
export async function* readLines(
  file: FileHandle,
  maxBytes: number,
  waitForMore?: () => Promise<boolean>,
): AsyncGenerator<Line> {
  let chunk = Buffer.allocUnsafe(FIRST_CHUNK_BYTES);
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let number = 1;
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) {
      if (await waitForMore?.()) continue;
      break;
    }
    position += bytesRead;
    const bytes = chunk.subarray(0, bytesRead);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      const tail = bytes.subarray(start, end);
      if (pendingBytes + tail.byteLength > maxBytes) throw new OverlongLineError(number);
      const text = pending.length === 0 ? tail.toString() : Buffer.concat([...pending, tail]).toString();
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      yield { text, number: number++, isWhole: true };
    }
    if (start < bytesRead) {
      pendingBytes += bytesRead - start;
      if (pendingBytes > maxBytes) throw new OverlongLineError(number);
      pending.push(Buffer.from(bytes.subarray(start)));
    }
    if (bytesRead === FIRST_CHUNK_BYTES) chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  }
  if (pendingBytes > 0) yield { text: Buffer.concat(pending).toString(), number, isWhole: false };
}

/** As `readLines`, of a file's whole contents. */
export function* linesOf(contents: Uint8Array, maxBytes: number): Generator<Line> {
  const bytes = Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength);
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    if (end - start > maxBytes) throw new OverlongLineError(number);
    yield { text: bytes.toString('utf8', start, end), number, isWhole: newline !== -1 };
    start = end + 1;
  }
}
