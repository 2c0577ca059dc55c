#!/usr/bin/env node
/**
 * Plays videos in a real Chromium and says what it saw: `node test/manual/video-in-browser.mjs FILE...`. Not part of
 * `npm test`, because a browser is not part of what the project needs. CHROMIUM names another one than `chromium`.
 * Exit code 1 where a video does not play to its end, cannot be jumped in, or shows nothing.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PAGE = `<!doctype html><video muted src="/video"></video><script>
const video = document.querySelector('video');
const once = (name) => new Promise((done, fail) => {
  video.addEventListener(name, done, { once: true });
  video.addEventListener('error', () => fail(new Error(video.error.message)), { once: true });
});
/** How many colours a picture of the video has, on a coarse grid. */
const colours = () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 64, 64);
  const { data } = context.getImageData(0, 0, 64, 64);
  return new Set(Array.from({ length: 4096 }, (_, i) => data.slice(i * 4, i * 4 + 3).join())).size;
};
(async () => {
  if (video.readyState < 1) await once('loadedmetadata');
  const { videoWidth: width, videoHeight: height, duration } = video;
  let seeked = once('seeked');
  video.currentTime = duration / 2;
  await seeked;
  const middle = { time: video.currentTime, colours: colours() };
  seeked = once('seeked');
  video.currentTime = 0;
  await seeked;
  video.playbackRate = 4;
  const ended = once('ended');
  await video.play();
  await ended;
  const { totalVideoFrames: frames } = video.getVideoPlaybackQuality();
  return { width, height, duration, middle, endedAt: video.currentTime, framesShown: frames };
})().catch((error) => ({ error: String(error) }))
    .then((report) => fetch('/report', { method: 'POST', body: JSON.stringify(report) }));
</script>`;

/** Serves the page and the video, in parts as a browser asks for them; resolves to what the page reports. */
function watch(path) {
  const video = readFileSync(path);
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  return new Promise((resolve, reject) => {
    let browser;
    const server = createServer((request, response) => {
      if (request.url === '/video') return sendPart(request, response, video);
      if (request.method !== 'POST') return response.setHeader('content-type', 'text/html').end(PAGE);
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => finish(() => resolve(JSON.parse(body))));
    });
    const timer = setTimeout(() => finish(() => reject(new Error('no report within two minutes'))), 120_000);
    const finish = (then) => {
      clearTimeout(timer);
      browser.once('close', () => {
        server.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
        then();
      });
      browser.kill();
    };
    server.listen(0, '127.0.0.1', () => {
      const address = `http://127.0.0.1:${server.address().port}/`;
      const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      const quiet = ['--headless=new', '--mute-audio', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
      const autoplay = '--autoplay-policy=no-user-gesture-required';
      const program = process.env.CHROMIUM ?? 'chromium';
      browser = spawn(program, [...quiet, ...root, autoplay, address], { stdio: 'ignore' });
      browser.once('error', reject);
    });
  });
}

function sendPart(request, response, video) {
  const [, from = '0', to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
  const end = to ? Number(to) + 1 : video.length;
  const part = video.subarray(Number(from), end);
  response.writeHead(request.headers.range ? 206 : 200, {
    'content-type': 'video/mp4',
    'accept-ranges': 'bytes',
    'content-length': part.length,
    ...(request.headers.range ? { 'content-range': `bytes ${from}-${end - 1}/${video.length}` } : {}),
  });
  response.end(part);
}

for (const path of process.argv.slice(2)) {
  const report = await watch(path);
  const plays = !report.error && Math.abs(report.endedAt - report.duration) < 0.1 && report.middle.colours > 3;
  if (!plays) process.exitCode = 1;
  process.stdout.write(`${plays ? 'plays' : 'FAILS'}  ${path}  ${JSON.stringify(report)}\n`);
}
