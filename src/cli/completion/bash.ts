import { quoted } from '../../domain/shell.ts';
import { patternsOf, type Place, type Values } from './places.ts';

/** @returns a script that bash reads: `source <(tdl completion bash)` */
export function bashScript(places: readonly Place[]): string {
  const { paths, values } = patternsOf(places, filling);
  const offers = places.map(({ path, commands, options, words }) => {
    const listed = [...commands.map(({ word }) => word), ...(typeof words === 'string' ? [] : words)];
    return (
      `    ${quoted(path)}) words=${quoted(listed.join(' '))} ` +
      `options=${quoted(options.map(({ word }) => word).join(' '))} files=${words === 'files' ? 1 : 0} ;;`
    );
  });
  return `# Completes tdl in bash: source <(tdl completion bash)
_tdl_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}
_tdl_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}
_tdl() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path='' words options files i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
    ${paths}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $before" in
${values}
  esac
  case "$path" in
${offers.join('\n')}
  esac
  if [[ $word == -* ]]; then
    _tdl_words "$options" "$word"
  elif [[ $files == 1 ]]; then
    _tdl_files "$word"
  else
    _tdl_words "\${words:-$options}" "$word"
  fi
}
complete -F _tdl tdl tradedangerous-listener
`;
}

function filling(values: Values): string {
  if (values === 'files') return '_tdl_files "$word"';
  // Nobody can guess it; and no file is meant.
  if (values === 'unknown') return ':';
  return `_tdl_words ${quoted(values.join(' '))} "$word"`;
}
