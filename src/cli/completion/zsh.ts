import { quoted } from '../../domain/shell.ts';
import { patternsOf, type Offer, type Place, type Values } from './places.ts';

/** @returns a script that zsh reads, `source <(tdl completion zsh)`, or has as `_tdl` in a folder of `fpath` */
export function zshScript(places: readonly Place[]): string {
  const { paths, values } = patternsOf(places, filling);
  const offers = places.map(
    ({ path, commands, options, words }) =>
      `    ${quoted(path)}) commands=(${described(commands)}) options=(${described(options)}) ` +
      `choices=(${typeof words === 'string' ? '' : words.map(quoted).join(' ')}) files=${words === 'files' ? 1 : 0} ;;`,
  );
  return `#compdef tdl tradedangerous-listener
# Completes tdl in zsh: source <(tdl completion zsh)
_tdl() {
  local before=$words[CURRENT-1] path_ each
  local -a commands options choices
  integer files
  for each in \${words[2,CURRENT-1]}; do
    case "$path_ $each" in
    (${paths}) path_="$path_ $each" ;;
    esac
  done
  case "$path_ $before" in
${values}
  esac
  case "$path_" in
${offers.join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif (( files )); then
    _files
  elif (( $#commands )); then
    _describe command commands
  elif (( $#choices )); then
    compadd -- $choices
  else
    _describe -o option options
  fi
}
compdef _tdl tdl tradedangerous-listener
`;
}

function filling(values: Values): string {
  if (values === 'files') return '_files';
  // Nobody can guess it; and no file is meant.
  if (values === 'unknown') return ':';
  return `compadd -- ${values.map(quoted).join(' ')}`;
}

function described(offers: readonly Offer[]): string {
  return offers.map(({ word, about }) => quoted(`${word}:${about}`)).join(' ');
}
