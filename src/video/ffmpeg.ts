/** Finds an ffmpeg that can encode H.264. */
import { execa } from 'execa';
import { AgentError } from '../core/index.js';
import { pythonCommand } from '../core/project-paths.js';

export interface Ffmpeg {
  /** Absolute, or a name that PATH resolves. */
  readonly path: string;
  /** Such as `7.0.2-static`. */
  readonly version: string;
  /** Where it was found: the variable FFMPEG, PATH, or the Python environment's package imageio-ffmpeg. */
  readonly source: 'FFMPEG' | 'PATH' | 'imageio-ffmpeg';
}

const NEXT = 'install it (apt install ffmpeg, or brew install ffmpeg), or set FFMPEG to the path of one with libx264';

let found: Promise<Ffmpeg> | undefined;

/**
 * The first ffmpeg with libx264 of: `$FFMPEG`, PATH, imageio-ffmpeg in the Python environment. Looked for once in a
 * process. Rejects with `setup`.
 */
export function findFfmpeg(): Promise<Ffmpeg> {
  found ??= lookUp(process.env).catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

/** As `findFfmpeg`, in another process environment, and without keeping what was found. */
export async function lookUp(env: NodeJS.ProcessEnv): Promise<Ffmpeg> {
  const tried: string[] = [];
  if (env.FFMPEG) {
    const asked = await probe(env.FFMPEG, env);
    if (asked.version !== undefined) return { path: env.FFMPEG, version: asked.version, source: 'FFMPEG' };
    // Asked for by name: another one in its place would be a quiet substitution.
    throw missing(`FFMPEG=${env.FFMPEG}: ${asked.problem}`);
  }
  const onPath = await probe('ffmpeg', env);
  if (onPath.version !== undefined) return { path: 'ffmpeg', version: onPath.version, source: 'PATH' };
  tried.push(`ffmpeg on PATH: ${onPath.problem}`);

  const bundled = await askImageio(env);
  if (bundled.path !== undefined) {
    const { version, problem } = await probe(bundled.path, env);
    if (version !== undefined) return { path: bundled.path, version, source: 'imageio-ffmpeg' };
    tried.push(`${bundled.path}: ${problem}`);
  } else tried.push(`imageio-ffmpeg: ${bundled.problem}`);
  throw missing(tried.join('; '));
}

function missing(got: string): AgentError {
  return new AgentError('setup', 'videos need ffmpeg with the libx264 encoder, and none was found', {
    got,
    next: NEXT,
  });
}

type Probe = { version: string; problem?: never } | { version?: never; problem: string };

async function probe(path: string, env: NodeJS.ProcessEnv): Promise<Probe> {
  const run = await execa(path, ['-hide_banner', '-version'], {
    reject: false,
    timeout: 20_000,
    env,
    extendEnv: false,
  });
  if (run.failed) return { problem: run.code === 'ENOENT' ? 'not found' : String(run.shortMessage) };
  const version = /^ffmpeg version (\S+)/.exec(run.stdout)?.[1];
  if (version === undefined) return { problem: 'is no ffmpeg' };
  return run.stdout.includes('--enable-libx264') ? { version } : { problem: `ffmpeg ${version} without libx264` };
}

type Bundled = { path: string; problem?: never } | { path?: never; problem: string };

async function askImageio(env: NodeJS.ProcessEnv): Promise<Bundled> {
  const python = pythonCommand(env);
  const script = 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())';
  const options = { reject: false, timeout: 30_000, env: { ...env, ...python.env }, extendEnv: false } as const;
  const run = await execa(python.executable, ['-c', script], options);
  if (!run.failed && run.stdout !== '') return { path: run.stdout.trim() };
  if (run.code === 'ENOENT') return { problem: `no Python at ${python.executable}` };
  return { problem: run.stderr?.trim().split('\n').at(-1) || String(run.shortMessage) };
}
