/** Finds games: the shipped ones by name, others by the path of their file. */
import { readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parse } from 'yaml';
import { AgentError, inWords, readTextSync } from '../../core/index.js';
import { projectPaths } from '../../core/project-paths.js';
import { didYouMean, parseYamlConfig } from '../../core/yaml-config.js';
import { extendedFields, extendedName } from './extend.js';
import { rememberFile } from './file-of.js';
import type { Game } from './game.js';
import { gameSchemaOf } from './schema.js';

const gamesFolder = join(projectPaths.configs, 'games');
const ENDING = /\.ya?ml$/;

/** Names of the shipped games, in alphabetical order. */
export function gameNames(folder = gamesFolder): string[] {
  const files = readdirSync(folder).filter((file) => ENDING.test(file));
  return files.map((file) => file.replace(ENDING, '')).sort();
}

/** All shipped games. Throws `config` where a file is wrong. */
export function listGames(folder = gamesFolder): Game[] {
  return gameNames(folder).map((name) => loadGame(name, folder));
}

/**
 * A game by its name, or by the path of its file (anything with a slash or ending in .yaml). Throws `unknown_game`
 * where there is none, and `config` with every problem where the file is wrong.
 */
export function loadGame(nameOrPath: string, folder = gamesFolder): Game {
  if (nameOrPath.includes('/') || ENDING.test(nameOrPath)) return readGame(nameOrPath);
  const path = gamePath(nameOrPath, folder);
  if (path !== undefined) return readGame(path, folder);
  const names = gameNames(folder);
  throw new AgentError('unknown_game', `there is no game ${JSON.stringify(nameOrPath)}`, {
    expected: `one of ${names.join(', ')}, or the path of a game's YAML file`,
    got: nameOrPath,
    next: whereToGo(nameOrPath, names),
  });
}

function whereToGo(given: string, names: readonly string[]): string {
  const several = given.split(',').map((part) => part.trim());
  if (several.length > 1 && several.every((part) => names.includes(part))) {
    return `name each by itself: ${several.map((part) => `--game ${part}`).join(' ')}`;
  }
  const similar = didYouMean(given, names);
  if (similar !== undefined) return `did you mean ${similar}?`;
  return '`agent games` lists them; docs/games.md tells how to add one';
}

function gamePath(name: string, folder: string): string | undefined {
  const file = readdirSync(folder).find((entry) => ENDING.test(entry) && entry.replace(ENDING, '') === name);
  return file && join(folder, file);
}

/**
 * A shipped game by its name alone. For names out of records and evaluations, which anyone may have written: no such
 * name is ever used as a path. Throws `unknown_game`.
 */
export function loadShippedGame(name: string, folder = gamesFolder): Game {
  if (gameNames(folder).includes(name)) return loadGame(name, folder);
  throw new AgentError('unknown_game', 'the record is of a game that is not shipped', {
    expected: `one of ${gameNames(folder).join(', ')}`,
    next: 'nothing in a record is used as a path: put a game file of that name into configs/games/ if you have it',
  });
}

/** The shipped game that plays an environment, if there is one; not one that only differs from another. */
export function findGameOf(env: string, folder = gamesFolder): Game | undefined {
  return listGames(folder).find((game) => game.variantOf === undefined && game.emulator.env === env);
}

function readGame(path: string, folder = gamesFolder): Game {
  const file = shorter(path);
  let text: string;
  try {
    text = readTextSync(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new AgentError(isMissing ? 'unknown_game' : 'config', `the game's file cannot be read`, {
      expected: 'a YAML file as docs/games.md describes it',
      got: inWords(error),
      where: file,
      next: isMissing
        ? 'check the path; a name without a slash names a shipped game'
        : 'check that the file can be read',
      cause: error,
    });
  }
  return parseGame(text, file, folder);
}

/**
 * A game from the text of its file; `file` names it in errors, and its base name is the game's name. `folder` holds the
 * games that it can extend.
 */
export function parseGame(text: string, file: string, folder = gamesFolder): Game {
  const name = basename(file).replace(ENDING, '');
  let variantOf: string | undefined;
  const game = parseYamlConfig(text, file, gameSchemaOf(name), 'docs/games.md', (content) => {
    variantOf = extendedName(content, file);
    return variantOf === undefined ? content : extendedFields(baseOf(variantOf, file, folder), content);
  });
  rememberFile(game.emulator, { file, text });
  return variantOf === undefined ? game : { ...game, variantOf };
}

/** The fields of a game that another one extends. Throws `config` where it is none, or extends one itself. */
function baseOf(name: string, file: string, folder: string): unknown {
  const path = gamePath(name, folder);
  if (path !== undefined) {
    const text = readTextSync(path);
    const content: unknown = parse(text);
    // Looked at before the game is read: one that extends itself would be read for ever.
    if (extendedName(content, path) === undefined) {
      // What is wrong in it is said of its own file.
      parseGame(text, shorter(path), folder);
      return content;
    }
  }
  throw new AgentError('config', `extends: ${path ? 'that game extends another itself' : 'there is no such game'}`, {
    expected: 'the name of a shipped game that is whole by itself',
    got: name,
    where: file,
    next: '`agent games` lists them',
  });
}

/** The path as seen from the working folder, where that is shorter. */
function shorter(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length && !fromHere.startsWith('..') ? fromHere : path;
}
