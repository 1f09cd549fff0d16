import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/arguments.ts';
import { bashScript } from '../../src/cli/completion/bash.ts';
import { placesOf } from '../../src/cli/completion/places.ts';
import { zshScript } from '../../src/cli/completion/zsh.ts';
import { tempDir } from '../support/temp-dir.ts';

const places = placesOf(createProgram());
const COMMANDS = createProgram().commands.flatMap((each) => (each.name() === 'run-job' ? [] : [each.name()]));

/** What a shell offers after a line that ends where the cursor is. */
const CASES = [
  ['tdl ', [...COMMANDS, 'help'], 'commands, without the one that is hidden'],
  ['tdl to', ['token', 'tour'], 'what begins so'],
  ['tdl tour ', ['list', 'show', 'calibrate', 'withdraw', 'plan'], 'words of a group'],
  ['tdl jobs create back', ['backfill'], 'of a group in a group'],
  ['tdl help pat', ['patrol'], 'what help tells of'],
  ['tdl --log-level ', ['debug', 'info', 'warn', 'error'], 'what an option takes'],
  ['tdl jobs logs x --level w', ['warn'], 'also after a word'],
  ['tdl completion ', ['bash', 'zsh'], 'what an argument may be'],
  ['tdl purge --', ['--dry-run', '--force', '--repair', '--help'], 'options'],
  ['tdl status ', ['--json', '--help'], 'options, where nothing else is left'],
  ['tdl find --near ', [], 'nothing where nobody can guess'],
  ['tdl replay mess', ['messages.jsonl'], 'files'],
  ['tdl --log-file mess', ['messages.jsonl'], 'files of an option'],
] as const;

describe.each([
  ['bash', bashScript(places), '--norc'],
  ['zsh', `compdef() { [[ $1 == _tdl ]] || exit 1 }\n${zshScript(places)}`, '-f'],
] as const)('completion in a real %s', (shell, script, plain) => {
  const isThere = hasShell(shell);
  if (!isThere) console.log(`skipped: completion in ${shell} needs ${shell}`);
  it.skipIf(!isThere).each(CASES)('"%s": %j, %s', (line, offered) => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'messages.jsonl'), '');
    const words = line.split(' ');
    const driver = shell === 'bash' ? bashDriver(words) : zshDriver(words);
    const said = execFileSync(shell, [plain, '-c', `${script}\n${driver}`], { cwd, encoding: 'utf8' });
    expect(said.split('\n').filter((each) => each !== '')).toEqual(offered);
  });
});

function hasShell(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', ':']);
    return true;
  } catch {
    return false;
  }
}

function bashDriver(words: readonly string[]): string {
  const list = words.map((word) => `'${word}'`).join(' ');
  return `complete -p tdl >/dev/null || exit 1
    COMP_WORDS=(${list}) COMP_CWORD=${words.length - 1}; _tdl; printf '%s\\n' "\${COMPREPLY[@]}"`;
}

/** Zsh completes on a terminal only: what it is told to offer is printed, as far as it begins with what is typed. */
function zshDriver(words: readonly string[]): string {
  const list = words.map((word) => `'${word}'`).join(' ');
  return `offer() { for each in "$@"; do [[ $each == $PREFIX* ]] && print -r -- "$each"; done }
    compadd() { shift; offer "$@" }
    _describe() { local list=$argv[-1]; for each in "\${(@P)list}"; do offer "\${each%%:*}"; done }
    _files() { offer *(N) }
    words=(${list}); CURRENT=${words.length}; PREFIX=$words[-1]; _tdl; true`;
}
