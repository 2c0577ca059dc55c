/** Pictures of a video file, one after the other, as ffmpeg decodes them. */
import { execa } from 'execa';
import { AgentError, howItEnded, inWords } from '../../core/index.js';
import { findFfmpeg } from '../../video/index.js';
import { encodeFrame, type FrameShape } from '../frame-codec.js';

/** `P6`, width, height and greatest value, before the pixels of each picture. */
const HEADER = /^P6\s(\d{1,5})\s(\d{1,5})\s255\s/;
const HEADER_BYTES = 32;

/**
 * The pictures as frames, in order. The file is read as MP4 whatever it holds, and by itself alone: it can name no
 * other file. Throws `dataset` where it is none or of another size.
 */
export async function* videoPictures(
  path: string,
  { width, height, channels }: FrameShape,
): AsyncGenerator<Uint8Array> {
  const ffmpeg = await findFfmpeg();
  const input = ['-protocol_whitelist', 'file', '-f', 'mov', '-i', `file:${path}`];
  const output = ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'image2pipe', '-c:v', 'ppm', 'pipe:1'];
  const child = execa(ffmpeg.path, ['-v', 'error', '-nostdin', ...input, ...output], {
    buffer: false,
    encoding: 'buffer',
    reject: false,
    stderr: 'pipe',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  const refuse = (got: string): AgentError =>
    new AgentError('dataset', 'a video of the source does not fit', {
      expected: `an MP4 file of ${width}×${height} pixels`,
      got: inWords(got),
      where: path,
    });
  const size = width * height * 3;
  let pending: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of child.stdout) {
      pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
      for (;;) {
        const header = HEADER.exec(pending.toString('latin1', 0, HEADER_BYTES));
        if (!header && pending.length >= HEADER_BYTES) throw refuse('pictures that are none');
        if (!header) break;
        if (Number(header[1]) !== width || Number(header[2]) !== height) throw refuse(`${header[1]}×${header[2]}`);
        const start = header[0].length;
        if (pending.length < start + size) break;
        const pixels = new Uint8Array(pending.subarray(start, start + size));
        pending = pending.subarray(start + size);
        const data = channels === 3 ? pixels : pixels.filter((_, i) => i % 3 === 0);
        yield await encodeFrame({ dtype: 'uint8', shape: [height, width, channels], data });
      }
    }
    const end = await child;
    if (end.exitCode !== 0 || pending.length > 0) throw refuse(said.trim() || howItEnded(end));
  } finally {
    child.kill('SIGKILL');
    await child;
  }
}
