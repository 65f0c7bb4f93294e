import { Argument, type Command, type Option } from 'commander';

const DETAILS = `
Put this into the file that your shell reads when it starts:
  source <(bertql completion bash)            # ~/.bashrc
  source <(bertql completion zsh)             # ~/.zshrc, after compinit
  bertql completion fish | source             # ~/.config/fish/config.fish`;

/** Adds `bertql completion <shell>`, which completes the commands that were added to the program before. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print a script for completion in a shell')
    .description('Prints a script that makes a shell complete the commands of bertql, their flags and their choices.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', DETAILS)
    .action((shell: 'bash' | 'zsh' | 'fish') => {
      const script = shell === 'fish' ? fishScript(program) : bashScript(program);
      process.stdout.write(shell === 'zsh' ? `autoload -U bashcompinit && bashcompinit\n${script}` : script);
    });
}

/** Words and choices are our own: none contains a quotation mark or a space. */
function bashScript(program: Command): string {
  const choices = program.commands.flatMap((command) =>
    command.options
      .filter(({ argChoices }) => argChoices)
      .map(({ long, argChoices }) => `    '${command.name()} ${long}') words='${argChoices?.join(' ')}' ;;`),
  );
  const flags = program.commands.map((command) => `    ${command.name()}) words='${wordsOf(command).join(' ')}' ;;`);
  return `_bertql() {
  local words= current=\${COMP_WORDS[COMP_CWORD]}
  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD-1]}" in
${choices.join('\n')}
  esac
  if [[ -z $words && $COMP_CWORD -gt 1 && $current == -* || \${COMP_WORDS[1]} == models ]]; then
    case \${COMP_WORDS[1]} in
${flags.join('\n')}
    esac
  elif [[ -z $words && $COMP_CWORD -eq 1 ]]; then
    words='${program.commands.map((command) => command.name()).join(' ')} help --help --version'
  fi
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -o bashdefault -F _bertql bertql
`;
}

/** What may follow a command: its own commands, or its flags. */
function wordsOf(command: Command): readonly string[] {
  const flags = command.options.map(({ long, short }) => long ?? short ?? '');
  return [...command.commands.map((each) => each.name()), ...flags, '--help'];
}

function fishScript(program: Command): string {
  const lines = program.commands.flatMap((command) => [
    `complete -c bertql -n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.summary())}`,
    ...command.options.map((option) => fishOption(command.name(), option)),
    ...command.commands.map(
      (each) => `complete -c bertql -n '__fish_seen_subcommand_from ${command.name()}' -f -a ${each.name()}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function fishOption(command: string, { long, short, description, argChoices, required }: Option): string {
  const names = [long && `-l ${long.slice(2)}`, short && `-s ${short.slice(1)}`].filter(Boolean).join(' ');
  const value = argChoices ? ` -x -a '${argChoices.join(' ')}'` : required ? ' -r' : '';
  return `complete -c bertql -n '__fish_seen_subcommand_from ${command}' ${names}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}
