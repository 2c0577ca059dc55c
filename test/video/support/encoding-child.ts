/**
 * A program that encodes a video without end. Arguments: the file, the ffmpeg. Prints a line once ffmpeg has taken
 * pictures; ends by `process.exit` on SIGUSR2.
 */
import { VideoEncoder } from '../../../src/video/encoder.js';

const [path = '', program = ''] = process.argv.slice(2);
process.on('SIGUSR2', () => process.exit(0));
const size = { width: 64, height: 64, fps: 25, crf: 20, title: '', comment: '' };
const encoder = new VideoEncoder({ ffmpeg: { path: program, version: '', source: 'FFMPEG' }, path, ...size });
const picture = new Uint8Array(64 * 64 * 3);
for (let count = 0; ; count++) {
  await encoder.write(picture.fill(count % 256));
  if (count === 50) process.stdout.write('encoding\n');
  if (count > 50) await new Promise((resolve) => setTimeout(resolve, 10));
}
