import type { SiteAnswer } from '../../app/http/questions.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { age, csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';
import type { ColonisationCommand } from './arguments.ts';
import { askColonisation } from './ask.ts';

const text = (value: string | null) => (value === null ? null : plainText(value));

const COLUMNS: readonly Column<SiteAnswer>[] = [
  { name: 'systemName', head: 'system', of: (site) => text(site.systemName) },
  { name: 'name', head: 'build', of: (site) => text(site.name) },
  { name: 'state', head: 'state', of: (site) => site.state },
  { name: 'percent', head: '%', of: (site) => site.percent },
  { name: 'required', head: 'required', of: (site) => site.required },
  { name: 'remaining', head: 'remaining', of: (site) => site.remaining },
  { name: 'ageS', head: 'age', of: (site) => site.ageS, show: age },
  { name: 'marketId', head: 'market id', of: (site) => site.marketId, show: String },
];

/** `colonisation list [--system SYSTEM] [--state STATE]` */
export function run({
  query,
  format,
}: Extract<ColonisationCommand, { verb: 'colonisation-list' }>): Promise<number> {
  return askColonisation(async (ask) => {
    const found = await ask<{ readonly entries: readonly SiteAnswer[] }>('/colonisation/sites', query);
    if (format === 'json') return say(`${JSON.stringify(found)}\n`);
    if (format === 'csv') return say(csv(COLUMNS, found.entries));
    return say(
      found.entries.length === 0
        ? 'no such builds: journals have told of none\n'
        : table(COLUMNS, found.entries),
    );
  });
}
