/**
 * Signals while products of matrices are computed. oneDNN points the stack at its working memory meanwhile; a handler
 * that ran on such a thread wrote over the heap, and the process died within a second of this.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';

const SECONDS = 4;

/** Multiplies in shapes that take oneDNN's several ways, counts signals, and tells what a child of it has blocked. */
const script = (root: string): string => `
  import { execFileSync } from 'node:child_process';
  const { loadTensorFlow } = await import('${root}src/model/runtime/index.ts');
  const { linear } = await import('${root}src/model/ops/index.ts');
  const tf = await loadTensorFlow({ device: 'cpu', threads: 2 });
  let resized = 0, interrupted = 0;
  process.on('SIGWINCH', () => { resized += 1; });
  process.on('SIGINT', () => { interrupted += 1; });
  const shapes = [[12, 192, 576], [11, 512, 192], [144, 192, 192], [16, 192, 16], [320, 192, 1024]];
  const random = (...shape) => tf.randomNormal(shape);
  const factors = shapes.map(([rows, depth, columns]) => [random(rows, depth), random(depth, columns)]);
  console.log('ready');
  for (const end = Date.now() + ${SECONDS * 1000}; Date.now() < end; ) {
    for (let i = 0; i < 100; i++) for (const [a, b] of factors) tf.tidy(() => linear(a, b));
    await new Promise((done) => setImmediate(done));
  }
  let blocked = '';
  try { blocked = execFileSync('grep', ['SigBlk', '/proc/self/status'], { encoding: 'utf8' }).trim(); } catch {}
  console.log(JSON.stringify({ resized, interrupted, blocked }));
  await new Promise((done) => setTimeout(done, 300)); // the last signals are on their way
`;

it('does no harm: they are handled, and children take theirs', { timeout: 60_000 }, async () => {
  const root = new URL('../../../', import.meta.url).href;
  const child = spawn('node', ['--import', 'tsx', '--input-type=module', '-e', script(root)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AGENT_KERNELS: 'tensorflow' },
  });
  let told = '';
  child.stdout.on('data', (chunk) => {
    told += chunk;
  });
  while (!told.includes('ready') && child.exitCode === null) await sleep(50);
  const ended = once(child, 'exit');
  const isAtWork = (): boolean => child.exitCode === null && child.signalCode === null && !told.includes('}');
  for (let shots = 0; isAtWork(); shots++) {
    child.kill(shots % 50 === 0 ? 'SIGINT' : 'SIGWINCH');
    await sleep(1);
  }
  expect(await ended).toEqual([0, null]);
  const { resized, interrupted, blocked } = JSON.parse(told.trim().split('\n').at(-1) as string);
  expect(resized).toBeGreaterThan(100);
  expect(interrupted).toBeGreaterThan(1);
  if (process.platform === 'linux') expect(blocked).toMatch(/^SigBlk:\s+0+$/);
});
