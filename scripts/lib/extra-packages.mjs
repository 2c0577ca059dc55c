/**
 * Packages that a person added to the emulators' Python, such as minigrid. Their list has a file of its own: it
 * outlives the environment, which is made anew with every change of its lock and then gets them again.
 */
import { readFileSync } from 'node:fs';
import { paths } from './paths.mjs';
import { writeAtomically } from './stamps.mjs';

/** A name with extras and versions as pip takes it; no option, path or address. */
const REQUIREMENT =
  /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(\[[A-Za-z0-9,._-]+\])?\s*([=<>!~]=?=?\s*[A-Za-z0-9.*+!,=<>~ -]+)?$/;

/**
 * The list as it is; empty where nothing was added.
 * @returns {string[]}
 */
export function readExtraPackages(file = paths.extraPackages) {
  try {
    const list = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string' && REQUIREMENT.test(one)) : [];
  } catch {
    return [];
  }
}

export function writeExtraPackages(list, file = paths.extraPackages) {
  writeAtomically(file, `${JSON.stringify(list)}\n`);
}

/** How packages are told apart, whatever version or extras stand behind the name. */
export const packageName = (requirement) =>
  requirement
    .replace(/[[=<>!~\s].*$/, '')
    .toLowerCase()
    .replace(/[._-]+/g, '-');

/**
 * `list` with packages added, each once, the newest words for it, and packages taken away.
 * @param {string[]} list
 * @param {{ added?: string[], removed?: string[] }} changes
 * @throws {TypeError} for words that are no requirement, and for one to take away that is not there
 */
export function changeExtraPackages(list, { added = [], removed = [] }) {
  const wrong = added.find((one) => !REQUIREMENT.test(one.trim()));
  if (wrong !== undefined)
    throw new TypeError(`--with: expected a package such as minigrid or vizdoom==1.3.0, got ${wrong}`);
  const absent = removed.find((one) => !list.some((own) => packageName(own) === packageName(one)));
  if (absent !== undefined) {
    throw new TypeError(`--without: ${absent} was not added; there are: ${list.join(', ') || 'none'}`);
  }
  const gone = new Set([...added, ...removed].map(packageName));
  return [...list.filter((one) => !gone.has(packageName(one))), ...added.map((one) => one.trim())];
}
