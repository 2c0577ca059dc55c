/** The completion script of bash, which zsh reads too. */
import type { CompletedCommand, ValueKind, Words } from './completion-words.js';

/** One `case` for what stands before the cursor, one for the command's own words. */
export function bashScript(words: Words, { inZsh }: { readonly inZsh: boolean }): string {
  const top = words.commands.filter(({ path }) => path.length === 1);
  const groups = new Set(words.commands.filter(({ path }) => path.length === 2).map(({ path }) => path[0]));
  const names = top.map(({ path }) => path[0]).join(' ');
  return `${inZsh ? 'autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n' : ''}_agent() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" command="\${COMP_WORDS[1]}" words="" files=""
  [[ $COMP_CWORD -gt 1 ]] && before="\${COMP_WORDS[COMP_CWORD-1]}"
  case "$command" in
    ${[...groups].join('|')}) [[ $COMP_CWORD -gt 2 ]] && command="$command \${COMP_WORDS[2]}" ;;
  esac
  if [[ $COMP_CWORD -eq 1 ]]; then
    words="${names} --help --version --json --quiet"
  else
    case "$command $before" in
${words.commands.flatMap((command) => valueCases(command, words)).join('\n')}
      *)
        case "$command" in
${words.commands.map((command) => commandCase(command, words)).join('\n')}
        esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -n "$files" ]] && COMPREPLY+=($(compgen -f -- "$current"))
  # An argument follows the colon of constant: and script:.
  [[ "\${COMPREPLY[0]}" == *: ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o filenames -F _agent agent ./agent
`;
}

/** What may follow an option that takes a value. */
function valueCases({ path, options }: CompletedCommand, words: Words): string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map(({ names, value }) => {
      const patterns = names.map((name) => `"${[...path, name].join(' ')}"`).join('|');
      return `      ${patterns}) ${assignments([], value, words)} ;;`;
    });
}

/** The command's options, and what its own argument may be. */
function commandCase({ path, options, argument }: CompletedCommand, words: Words): string {
  const names = options.map(({ names }) => names.at(-1) as string);
  return `          "${path.join(' ')}") ${assignments([...names, '--help'], argument, words)} ;;`;
}

function assignments(own: readonly string[], kind: ValueKind, words: Words): string {
  const known = kind === 'none' || kind === 'file' ? [] : typeof kind === 'string' ? words[kind] : kind;
  const files = kind === 'none' || typeof kind === 'object' ? '' : '; files=1';
  return `words="${[...known, ...own].join(' ')}"${files}`;
}
