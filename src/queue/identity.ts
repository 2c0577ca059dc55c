/** Who plays, as far as it can change a score: commit, packages, processor. */
import { isDeepStrictEqual } from 'node:util';
import { readCpuFeatures } from '../model/runtime/cpu-features.js';
import { gitState, programVersions } from '../record/index.js';
import type { Difference, Identity } from './description.js';

/** This process's. @param emulators versions that the emulators name. */
export async function ownIdentity(emulators: Readonly<Record<string, string>>): Promise<Identity> {
  const { model, extensions } = readCpuFeatures();
  return {
    git: await gitState(),
    versions: { ...(await programVersions()), ...emulators },
    cpu: { model: model.slice(0, 200), extensions: [...extensions] },
  };
}

/**
 * What two differ in. Of the processor its extensions count, by which TensorFlow chooses how it adds up; its name does
 * not.
 */
export function differencesOf(a: Identity, b: Identity): Difference[] {
  return [
    ...(isDeepStrictEqual(a.git, b.git) ? [] : (['commit'] as const)),
    ...(isDeepStrictEqual(a.versions, b.versions) ? [] : (['packages'] as const)),
    ...(isDeepStrictEqual(a.cpu.extensions, b.cpu.extensions) ? [] : (['cpu'] as const)),
  ];
}

/** What it is that differs, in words. */
export function differenceInWords(what: Difference, own: Identity, other: Identity): string {
  if (what === 'commit') return `commit ${commitOf(other)} for ${commitOf(own)}`;
  if (what === 'cpu') return `a processor with ${listOf(other)} for one with ${listOf(own)}`;
  const names = [...new Set([...Object.keys(own.versions), ...Object.keys(other.versions)])];
  const different = names.filter((name) => own.versions[name] !== other.versions[name]);
  return different
    .map((name) => `${name} ${other.versions[name] ?? 'missing'} for ${own.versions[name] ?? 'none'}`)
    .join(', ');
}

const listOf = ({ cpu }: Identity): string => cpu.extensions.join(' ') || 'no known extensions';
const commitOf = ({ git }: Identity): string =>
  git === null ? 'none' : `${git.commit.slice(0, 12)}${git.dirty ? '-dirty' : ''}`;
