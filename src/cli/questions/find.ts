import type { ListAnswer, Offer } from '../../app/http/questions.ts';
import { answer, sayList } from './answer.ts';
import type { QuestionCommand } from './arguments.ts';
import { ageColumns, whereColumns } from './stations.ts';
import type { Column } from './table.ts';

const OFFERS: Readonly<Record<'sellers' | 'buyers', readonly Column<Offer>[]>> = {
  sellers: [
    { name: 'buyPrice', head: 'price', of: (each) => each.buyPrice },
    { name: 'stock', head: 'stock', of: (each) => each.stock },
  ],
  buyers: [
    { name: 'sellPrice', head: 'price', of: (each) => each.sellPrice },
    { name: 'demand', head: 'demand', of: (each) => each.demand },
  ],
};

/** `find COMMODITY [--buyers] [--near SYSTEM]`: who sells a good, or buys it. */
export function run({
  commodity,
  side,
  query,
  format,
}: Extract<QuestionCommand, { verb: 'find' }>): Promise<number> {
  return answer(async (ask) => {
    const found = await ask<ListAnswer<Offer> & { readonly maxAgeS: number }>(
      `/commodities/${encodeURIComponent(commodity)}/${side}`,
      query,
    );
    const columns = [...whereColumns<Offer>('near' in query), ...OFFERS[side], ...ageColumns<Offer>()];
    const days = found.maxAgeS / 86_400;
    const nothing = `no ${side} among the markets that fit and were seen within ${days} days`;
    return sayList(found, columns, { format, nothing });
  });
}
