import { keptPatrols, type DescribedPatrol } from '../../app/commanders/patrols.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { length } from '../daemon/status-lines.ts';
import { withStore } from '../one-shot.ts';
import type { Format } from '../questions/arguments.ts';
import { csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

const COLUMNS: readonly Column<DescribedPatrol>[] = [
  { name: 'name', head: 'patrol', of: ({ name }) => name },
  { name: 'state', head: 'state', of: ({ state }) => state },
  { name: 'about', head: 'region', of: ({ about }) => plainText(about) },
  { name: 'maxAgeS', head: 'at most', of: ({ maxAgeS }) => maxAgeS, show: (value) => length(Number(value)) },
  { name: 'markets', head: 'markets', of: ({ look }) => look?.markets ?? null },
  { name: 'overdue', head: 'too old', of: ({ look }) => look?.overdue ?? null },
  { name: 'late', head: 'late', of: ({ look }) => look?.late ?? null },
  { name: 'unlisted', head: 'nobody sent', of: ({ look }) => look?.unlisted ?? null },
  { name: 'commandersNeeded', head: 'takes', of: ({ look }) => look?.commandersNeeded ?? null },
  { name: 'commandersAble', head: 'has', of: ({ look }) => look?.commandersAble ?? null },
];

/** `patrol list [--json|--csv]`: a line each. */
export function run({ format }: { readonly format: Format }): Promise<number> {
  return withStore(async (store) => {
    const patrols = await keptPatrols(store);
    if (format === 'json') return say(`${JSON.stringify(patrols)}\n`);
    if (format === 'csv') return say(csv(COLUMNS, patrols));
    return say(patrols.length === 0 ? 'no patrols\n' : table(COLUMNS, patrols));
  }, LOOKS_ONLY);
}
