import type { WholeSiteAnswer } from '../../app/http/questions.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { age, csv, table, type Column } from '../questions/table.ts';
import { say } from '../say.ts';
import type { ColonisationCommand } from './arguments.ts';
import { askColonisation } from './ask.ts';

type Good = WholeSiteAnswer['goods'][number];

const COLUMNS: readonly Column<Good>[] = [
  { name: 'symbol', head: 'good', of: (good) => good.symbol },
  { name: 'required', head: 'required', of: (good) => good.required },
  { name: 'provided', head: 'provided', of: (good) => good.provided },
  { name: 'remaining', head: 'remaining', of: (good) => good.remaining },
  { name: 'percent', head: '%', of: (good) => good.percent },
  { name: 'payment', head: 'payment', of: (good) => good.payment },
];

/** `colonisation show SITE` */
export function run({
  site,
  format,
}: Extract<ColonisationCommand, { verb: 'colonisation-show' }>): Promise<number> {
  return askColonisation(async (ask) => {
    const found = await ask<WholeSiteAnswer>(`/colonisation/sites/${encodeURIComponent(site)}`);
    if (format === 'json') return say(`${JSON.stringify(found)}\n`);
    const goods = found.goods.toSorted((a, b) => (b.remaining ?? 0) - (a.remaining ?? 0));
    if (format === 'csv') return say(csv(COLUMNS, goods));
    const { name, systemName, marketId, state, percent, ageS, delivered } = found;
    const where = `${plainText(name ?? 'a build')}, ${plainText(systemName ?? 'in an unknown system')}`;
    const head = `${where} (market ${marketId}): ${state}, ${percent ?? '?'} %, seen ${age(ageS)} ago\n`;
    const who = delivered.map(
      ({ commander, tonnes }) => `${plainText(commander ?? '?')} ${tonnes.toLocaleString('en-US')} t`,
    );
    return say(
      [head, table(COLUMNS, goods), who.length === 0 ? '' : `delivered: ${who.join(', ')}\n`].join(''),
    );
  });
}
