/** `agent completion`: a script for bash or zsh, made from the commands themselves so that it cannot fall behind. */
import { Argument, type Command } from 'commander';
import type { Register } from './context.js';

export const registerCompletion: Register = (program) => {
  program
    .command('completion')
    .description('print a shell completion script: eval "$(agent completion bash)"')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh']))
    .action((shell: string) => {
      const prefix = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
      process.stdout.write(`${prefix}${script(program)}\n`);
    });
};

function script(program: Command): string {
  const words = (command: Command): string =>
    [...command.options.map((option) => option.long ?? option.short), '--help'].join(' ');
  const cases = program.commands.map((command) => `    ${command.name()}) words="${words(command)}" ;;`);
  const names = program.commands.map((command) => command.name()).join(' ');
  return `_agent() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="${names} ${words(program)}" ;;
  esac
  [[ $COMP_CWORD -eq 1 ]] && words="${names} ${words(program)}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _agent agent ./agent`;
}
