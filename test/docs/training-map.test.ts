/** The page and the script of the way from nothing to the shipped models: all that they name is there. */

import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../src/core/project-paths.js';
import { AGENT, scratchFolder } from '../cli/agent-command.js';

const SCRIPT = join(projectRoot, 'examples', 'reproduce.sh');
const script = readFileSync(SCRIPT, 'utf8');
const page = readFileSync(join(projectRoot, 'docs', 'training-map.md'), 'utf8');
const recipes = readdirSync(join(projectRoot, 'configs', 'training')).filter((name) => name.endsWith('.yaml'));

const yamlIn = (text: string) => new Set([...text.matchAll(/([a-z][\w-]*\.yaml)/g)].map((match) => match[1] as string));

/** A checkout whose script is changed. Resolves to the script. */
async function checkoutWith(change: (text: string) => string): Promise<string> {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'examples'));
  for (const name of ['agent', 'configs']) await symlink(join(projectRoot, name), join(folder, name));
  const changed = change(script);
  expect(changed).not.toBe(script);
  await copyFile(SCRIPT, join(folder, 'examples', 'reproduce.sh'));
  await writeFile(join(folder, 'examples', 'reproduce.sh'), changed);
  return join(folder, 'examples', 'reproduce.sh');
}

/**
 * Stands for `./agent`: keeps what it was asked, makes the folders that a training makes, and refuses a start that is
 * not there.
 */
const RECORDER = `#!/bin/sh
echo "$*" >>commands
case "$*" in *"$FAILING"*) exit 130 ;; esac
before=
for word; do
  case $before in
    --out) mkdir -p "$word/model" "$word/stages/content" "$word/stages/adapt" "$word/pae-lamm-mini" "$word/frozen-mini" ;;
    --init | --expert) [ -d "$word" ] || exit 2 ;;
  esac
  before=$word
done
`;

describe('the way of the models', () => {
  it('names every recipe that there is, in the page', () => {
    const named = yamlIn(page);
    expect(recipes.filter((name) => !named.has(name))).toEqual([]);
  });

  it('goes with the recipes of the table of steps, in page and script', () => {
    const steps = page.slice(page.indexOf('## The steps'), page.indexOf('## How long'));
    expect(yamlIn(script)).toEqual(yamlIn(steps));
  });

  it('names the same commands in page and script', () => {
    const commands = (text: string, form: RegExp) => new Set([...text.matchAll(form)].map((match) => match[1]));
    const inScript = commands(script, /^ *step \S+ ((?:train|expert) [a-z]+|pixels|language|segment|eval)/gm);
    const inPage = commands(
      page.slice(page.indexOf('## The steps')),
      /`agent ((?:train|expert) [a-z]+|pixels|language|segment|eval)/g,
    );
    expect(inScript.size).toBeGreaterThan(5);
    expect(inPage).toEqual(inScript);
  });
});

describe('examples/reproduce.sh', { timeout: 60_000 }, () => {
  beforeAll(() => execa(AGENT, ['setup']));

  it('--check knows every command, option and recipe, and writes nothing', async () => {
    const folder = await scratchFolder();
    const { exitCode, all } = await execa(SCRIPT, ['--check', 'out'], { cwd: folder, all: true, reject: false });
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/every recipe and option is known$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a recipe that is not there', (text: string) => text.replace('/clip-mini.yaml', '/clip-maxi.yaml'), /clip-maxi/],
    ['an option that is not there', (text: string) => text.replace(' --total-d', ' --all-d'), /no option --all-d/],
    ['a command that is not there', (text: string) => text.replace(' train clip', ' train clop'), /train clop/],
  ])('--check refuses %s', async (_, change, says) => {
    const changed = await checkoutWith(change);
    const { exitCode, stderr } = await execa(changed, ['--check', 'out'], { reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(says);
  });

  it('stops before it begins where the set-up lacks something, and says what to do', async () => {
    const folder = await scratchFolder();
    const env = { AGENT_RUNTIME: folder };
    const { exitCode, stderr } = await execa(SCRIPT, [join(folder, 'out')], { env, reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/agent setup --photographs/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes the way in order, ends where a command does, and goes on there', async () => {
    const folder = await scratchFolder();
    const changed = await checkoutWith((text) => text.replace('cd "$root"', `cd '${folder}'`));
    await symlink(join(projectRoot, 'configs'), join(folder, 'configs'));
    for (const name of ['photographs', 'training']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'agent'), RECORDER, { mode: 0o755 });
    const go = (failing: string) => {
      const env = { AGENT_RUNTIME: folder, FAILING: failing };
      return execa(changed, [join(folder, 'out')], { env, reject: false, all: true });
    };
    const commands = async () => (await readFile(join(folder, 'commands'), 'utf8')).trimEnd().split('\n');
    expect((await go('pvp-mini-adapt.yaml')).exitCode).toBe(130);
    const before = await commands();
    expect(before.at(-1)).toMatch(/^train pvp --config configs\/training\/pvp-mini-adapt.yaml --init /);
    const { exitCode, all } = await go('nothing');
    expect(exitCode, all).toBe(0);
    const after = await commands();
    expect(after[before.length]).toBe(before.at(-1));
    expect(new Set(after).size).toBe(after.length - 1);
    expect((await go('nothing')).exitCode).toBe(0);
    expect(await commands()).toEqual(after);
    // The mini's CLIP is made on the way and does not ship.
    const shipped = readdirSync(join(projectRoot, 'models'));
    expect(readdirSync(join(folder, 'out', 'models')).sort()).toEqual([...shipped, 'clip-mini'].sort());
    // The models begin with the CLIPs that were trained on the way, not with the shipped ones.
    for (const [recipe, clip] of [
      ['pvp-mini.yaml', 'clip-mini'],
      ['objects-see.yaml', 'clip-objects'],
      ['objects-plain-see.yaml', 'clip-objects'],
    ] as const) {
      expect(await readFile(join(folder, 'out', recipe), 'utf8')).toContain(
        `\n  clip: '${join(folder, 'out', 'models', clip)}'\n`,
      );
    }
  });

  it('asks for one folder', async () => {
    const { exitCode, stderr } = await execa(SCRIPT, [], { reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/usage: /);
  });
});
