#!/usr/bin/env node
/**
 * Writes the locked Python requirements under envs/python/ anew, with the hashes of every file of each release, so
 * that one lock serves Python 3.10 to 3.13 on every platform. Needs `uv` in PATH, or its path in UV.
 *
 *   node scripts/lock-python.mjs
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from './lib/paths.mjs';

const tensorflowVersion = '2.21.0';
const folder = paths.pythonPackage;

/** One requirement with its markers and hashes: the lines from a name to before the next. */
const blocks = (text) => text.split(/^(?=\S)/m).filter((block) => /^[a-z0-9-]+==/i.test(block));

function compile(input, ...options) {
  const args = [
    'pip',
    'compile',
    '--quiet',
    '--generate-hashes',
    '--no-header',
    '--no-annotate',
    '--no-emit-index-url',
  ];
  const { status, stdout, stderr } = spawnSync(
    process.env.UV ?? 'uv',
    [...args, '--no-emit-find-links', '--no-python-downloads', ...options, input.file ?? '-'],
    { cwd: folder, input: input.text, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`uv pip compile failed for ${input.file ?? input.text}: ${stderr}`);
  return blocks(stdout);
}

function write(name, purpose, requirements) {
  const header = [
    `# ${purpose}`,
    '# Written by `node scripts/lock-python.mjs` (uv pip compile --generate-hashes); do not edit.',
    '# Install: pip install --require-hashes --no-deps --only-binary=:all: -r',
  ];
  writeFileSync(join(folder, name), `${header.join('\n')} ${name}\n${requirements.join('')}`);
  process.stderr.write(`${name}: ${requirements.length} requirements\n`);
}

const universal = ['--universal', '--python-version', '3.10'];
const isReachable = (block) => !/python_full_version >= '3\.14'|implementation_name == 'pypy'/.test(block);
const nameOf = (block) => block.split('==')[0];

const base = compile({ file: 'pyproject.toml' }, ...universal).filter(isReachable);
write('requirements.lock', 'The emulators: what the project needs of Python to play.', base);

const baseBlocks = new Set(base.map((block) => block.split(' \\')[0]));
const dev = compile({ file: 'pyproject.toml' }, '--extra', 'dev', '-c', 'requirements.lock', ...universal);
const added = dev.filter((block) => isReachable(block) && !baseBlocks.has(block.split(' \\')[0]));
write('requirements-dev.lock', 'What `npm test` and `npm run bench` add to requirements.lock.', added);

// PyTorch 2.15 has no wheels for Python 3.10.
const trainTarget = ['--universal', '--python-version', '3.11'];
const train = compile({ file: 'pyproject.toml' }, '--extra', 'train', '-c', 'requirements.lock', ...trainTarget);
write(
  'requirements-train.lock',
  'Training experts: the emulators, Stable-Baselines3 and PyTorch; and transformers, which opens checkpoints.',
  train.filter(isReachable),
);

// On Linux the small wheel exists for x86-64 only; elsewhere the wheel named `tensorflow` is the CPU one.
const small = "sys_platform == 'linux' and platform_machine == 'x86_64'";
const cpu = [
  `tensorflow-cpu==${tensorflowVersion}; ${small}`,
  `tensorflow==${tensorflowVersion}; sys_platform != 'linux' or platform_machine != 'x86_64'`,
];
write(
  'tensorflow-cpu.lock',
  'The TensorFlow library for machines without an NVIDIA GPU.',
  compile({ text: cpu.join('\n') }, '--no-deps', ...universal),
);

const gpuTarget = ['--python-platform', 'x86_64-unknown-linux-gnu', '--python-version', '3.11'];
const gpu = compile({ text: `tensorflow[and-cuda]==${tensorflowVersion}` }, ...gpuTarget);
write(
  'tensorflow-gpu.lock',
  'The TensorFlow library with CUDA, for Linux machines with an NVIDIA driver.',
  gpu.filter((block) => nameOf(block) === 'tensorflow' || nameOf(block).startsWith('nvidia-')),
);

const locks = ['requirements', 'requirements-dev', 'requirements-train', 'tensorflow-cpu', 'tensorflow-gpu'];
for (const name of locks.map((lock) => `${lock}.lock`)) {
  if (/https?:|index-url|find-links/.test(readFileSync(join(folder, name), 'utf8'))) {
    throw new Error(`${name} names a registry; the lock must work behind any mirror`);
  }
}
