import type { Bootstrap } from '../../app/bootstrap.ts';
import { sendJournals } from '../../app/ports/journals.ts';
import { AppError, EXIT } from '../../domain/errors.ts';
import { resolvePath } from '../../config/paths.ts';
import { withSettings } from '../one-shot.ts';
import type { JournalCommand } from './arguments.ts';

const LOOKS_ONLY = true;

/** `journal send --to URL [DIR]`: ends with Ctrl-C, and then with 0; or when the daemon does not take it. */
export function run({ to, folder, token }: JournalCommand): Promise<number> {
  return withSettings(async (base) => {
    const { config, at, log } = base;
    const asked = {
      to: addressOf(to),
      folder: folder === undefined ? onlyFolder(base) : resolvePath(at.cwd, folder),
      token: token ?? tokenIn(at.env.TD_TOKEN),
    };
    log.setVerbosity({ verbose: true, debug: config.debug, level: config.logLevel });
    const end = new AbortController();
    const stop = () => end.abort();
    process.on('SIGINT', stop).on('SIGTERM', stop);
    log.info(
      { folder: asked.folder, to: asked.to },
      `journals: what ${asked.folder} tells is sent to ${asked.to}`,
    );
    try {
      await sendJournals(base, asked, end.signal);
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    }
    return EXIT.ok;
  }, LOOKS_ONLY);
}

function addressOf(to: string): string {
  const url = URL.parse(to);
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.username + url.search === '')
    return to;
  throw new AppError('usage', `--to ${to} is no address of a daemon`, {
    advice: 'give it as https://td.example.org or http://192.168.1.10:8390',
  });
}

/** Journals are private: none is read that nobody has named. */
function onlyFolder({ paths }: Bootstrap): string {
  const [folder, ...others] = paths.journalDirs;
  if (folder !== undefined && others.length === 0) return folder;
  throw new AppError(
    'usage',
    folder === undefined ? 'no folder of journals is named' : 'journal_dirs names several folders',
    { advice: 'name one: tdl journal send --to URL DIR; tdl check-config says which this computer has' },
  );
}

function tokenIn(value: string | undefined): string {
  const token = value?.trim() ?? '';
  if (token !== '') return token;
  throw new AppError('usage', 'sending takes a token', {
    advice:
      'set TD_TOKEN, or give --token; the operator of the daemon makes one: tdl token add NAME --scope journal',
  });
}
