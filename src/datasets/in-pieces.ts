/** Small chunks joined to pieces that are worth a call to the system. */

/** The same bytes in pieces of at least `bytes`, the last one excepted. */
export async function* inPieces(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < bytes) continue;
    yield Buffer.concat(waiting, size);
    [waiting, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}
