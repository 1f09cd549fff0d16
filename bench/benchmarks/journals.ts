import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ColonisationBook } from '../../src/domain/colonisation/book/book.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { writeJournals } from '../generators/journals.ts';
import { compare } from '../harness/measure.ts';
import { median } from '../harness/statistics.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark } from '../harness/types.ts';

/** What a first reading of one player's journals of two years may take. */
const BUDGET_S = 15;

export const benchmark: Benchmark = {
  about:
    'The first reading of a folder of journals, made of two real ones by repetition (684 MB are those of one player in two ' +
    'years), beside parsing every line of the same files and doing nothing with it. Needs ../shared/data.',
  size: 684,
  unit: 'MB',
  rounds: 3,
  async run(options) {
    const dir = tempDir();
    const bytes = writeJournals(dir, options.size);
    const measured = await compare(options, { run: () => readAll(dir) }, [
      { name: 'JSON.parse of every line', run: () => parseAll(dir) },
    ]);
    const seconds = median(measured.ours.map(({ wallS }) => wallS));
    return [
      { name: 'read', amount: bytes, unit: 'bytes', ...measured },
      { name: 'first reading', figures: { s: seconds }, below: { s: (BUDGET_S * options.size) / 684 } },
    ];
  },
};

async function readAll(dir: string): Promise<void> {
  const book = new ColonisationBook();
  await openJournalFolder(dir, join(dir, 'positions.json')).look({
    ...{ everything: true, signal: new AbortController().signal },
    ...{ checkpoint: () => Promise.resolve(), progress: () => undefined },
    take: (findings) => book.take(findings),
  });
  if (book.sites.size !== 1) throw new Error('these journals tell of one build');
}

function parseAll(dir: string): void {
  for (const name of readdirSync(dir)) {
    for (const line of readFileSync(join(dir, name), 'utf8').split('\r\n')) if (line !== '') JSON.parse(line);
  }
}
