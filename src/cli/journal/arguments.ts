import type { Command as Program } from 'commander';
import { addGroup } from '../group.ts';
import { notEmpty } from '../values.ts';

export interface JournalCommand {
  readonly verb: 'journal-send';
  /** Address of a daemon's HTTP server. */
  readonly to: string;
  /** Undefined: as `journal_dirs` says. */
  readonly folder: string | undefined;
  /** Undefined: as TD_TOKEN says. */
  readonly token: string | undefined;
}

/** What is done with the journals of this computer. */
export function addJournalVerbs(program: Program, choose: (command: JournalCommand) => void): void {
  addGroup(program, 'journal', 'send what journals tell of builds to a daemon elsewhere: send', ['send'])
    .command('send')
    .argument('[DIR]', 'the folder of journals; else the one that journal_dirs or ED_JOURNAL_DIR names')
    .requiredOption('--to <URL>', 'where the daemon is: https://td.example.org', notEmpty)
    .option('--token <TOKEN>', 'with the scope journal; else the variable TD_TOKEN', notEmpty)
    .description('follow a folder of journals and send what is used of them, until Ctrl-C')
    .action((folder: string | undefined, { to, token }: { readonly to: string; readonly token?: string }) =>
      choose({ verb: 'journal-send', folder, to, token }),
    );
}
