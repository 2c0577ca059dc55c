/** `agent completion`: a script for a shell, made from the commands themselves so that it cannot fall behind. */
import { Argument, type Command } from 'commander';
import { bashScript } from '../shared/completion-bash.js';
import { fishScript } from '../shared/completion-fish.js';
import type { CompletedCommand, CompletedOption, ValueKind, Words } from '../shared/completion-words.js';
import type { Register } from '../shared/context.js';

const EXAMPLES = `
Examples:
  $ eval "$(agent completion bash)"      in ~/.bashrc
  $ eval "$(agent completion zsh)"       in ~/.zshrc
  $ agent completion fish | source       in ~/.config/fish/config.fish`;

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const registerCompletion: Register = (program, context) => {
  program
    .command('completion')
    .description('print a completion script for bash, zsh or fish')
    .addArgument(new Argument('<shell>').choices([...SHELLS]))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: (typeof SHELLS)[number]) => {
      const words = await wordsOf(program);
      const script = shell === 'fish' ? fishScript(words) : bashScript(words, { inZsh: shell === 'zsh' });
      const output = context.output();
      output.result({ shell, script });
      output.block(script.trimEnd());
    });
};

const switchOf = (name: string, description: string): CompletedOption => ({
  names: [`--${name}`],
  description,
  value: 'none',
});

/** The set-up runs before this program, in scripts/setup.mjs. */
const SETUP: CompletedCommand = {
  path: ['setup'],
  description: 'install what is missing, or choose what is installed',
  options: [
    switchOf('cpu', 'TensorFlow without CUDA'),
    switchOf('gpu', 'TensorFlow with CUDA'),
    switchOf('auto', 'with CUDA where there is an NVIDIA driver'),
    switchOf('test', 'also the test tools'),
    { ...switchOf('with', 'also a package that brings environments'), value: 'file' },
    { ...switchOf('without', 'no longer one that was added'), value: 'file' },
    switchOf('train', 'also what training an expert needs'),
    switchOf('photographs', 'also the photographs that models are trained on'),
    switchOf('force', 'do every step again'),
  ],
  argument: 'none',
};

async function wordsOf(program: Command): Promise<Words> {
  const { gameNames } = await import('../../agent/index.js');
  const { policyUsage } = await import('../../players/index.js');
  const { listModels } = await import('../../model/index.js');
  const { policyKinds } = await import('../../players/kinds.js');
  return {
    commands: [...program.commands.flatMap((command) => completed(command, [])), SETUP],
    games: gameNames(),
    policies: policyKinds.map((kind) => policyUsage(kind).replace(/\[.*$/, '').replace(/:.*$/, ':')),
    models: (await listModels()).map((folder) => folder.split(/[\\/]/).at(-1) as string),
  };
}

/** A command, and those of its group. */
function completed(command: Command, above: readonly string[]): CompletedCommand[] {
  const path = [...above, command.name()];
  const own: CompletedCommand = {
    path,
    description: command.description(),
    options: command.options.map((option) => ({
      names: [option.short, option.long].filter((name) => name != null),
      description: option.description,
      value: option.required || option.optional ? valueKind(option.long ?? '', option.argChoices) : 'none',
    })),
    argument: argumentKind(command),
  };
  return [own, ...command.commands.flatMap((inner) => completed(inner, path))];
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  '--game': 'games',
  '--policy': 'policies',
  '--drive': 'policies',
  '--label': 'policies',
  '--model': 'models',
  '--beside': 'models',
  '--init': 'models',
};

function valueKind(long: string, choices: readonly string[] | undefined): ValueKind {
  return choices ?? KINDS[long] ?? 'file';
}

function argumentKind(command: Command): ValueKind {
  const [first] = command.registeredArguments;
  if (!first) return command.commands.length > 0 ? command.commands.map((inner) => inner.name()) : 'none';
  if (first.argChoices) return first.argChoices;
  const kinds: Readonly<Record<string, ValueKind>> = { game: 'games', model: 'models' };
  return kinds[first.name()] ?? 'file';
}
