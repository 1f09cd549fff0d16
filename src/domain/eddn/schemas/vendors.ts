import { factsOf, RANK } from '../../galaxy/facts.ts';
import type { GalaxyRecord, VendorRecord } from '../../galaxy/records.ts';
import { isId } from '../../spansh/values.ts';
import { isObject, readShortName, toMarketId } from '../values.ts';
import type { Schema } from './schema.ts';

const MAX_GOODS = 2_000;

/** What a shipyard or an outfitter sells, whole. */
function vendor(
  name: string,
  ref: string,
  { wares, list, flag }: { wares: VendorRecord['wares']; list: string; flag: 'shipyard' | 'outfitting' },
): Schema {
  return {
    name,
    ref,
    stage({ body, observedAtS }) {
      const id = toMarketId(body.marketId);
      const entries = body[list];
      if (!Array.isArray(entries)) return 'malformed';
      if (id === null) return 'no market id';
      const goods = sortedGoods((entries as unknown[]).slice(0, MAX_GOODS).map(readGoods));
      if (goods === '') return 'nothing to learn';
      const stationName = readShortName(body.stationName) ?? undefined;
      const facts = factsOf(RANK.fills, observedAtS, { name: stationName, [flag]: 'Y' });
      const records: GalaxyRecord[] = [
        { kind: 'station', id, facts },
        { kind: 'vendor', id, wares, observedAtS, goods },
      ];
      return { records };
    },
  };
}

/** A symbol, or the number where the schema has one. */
function readGoods(entry: unknown): string {
  if (typeof entry === 'string') return entry.toLowerCase();
  if (!isObject(entry)) return '';
  return isId(entry.id) ? String(entry.id) : readGoods(entry.Name);
}

const ALL_FIT = /^\w{1,128}(?:,\w{1,128})*$/;

/** Those that are fit, ascending, none twice, with commas between: one look at all of them, for there are hundreds. */
function sortedGoods(names: string[]): string {
  const goods = names.sort().filter((name, at) => name !== names[at - 1]);
  const text = goods.join();
  return ALL_FIT.test(text) ? text : goods.filter((name) => /^\w{1,128}$/.test(name)).join();
}

const MODULES = { wares: 'modules', list: 'modules', flag: 'outfitting' } as const;

export const outfitting2 = vendor('outfitting', 'https://eddn.edcd.io/schemas/outfitting/2', MODULES);
export const outfitting3 = vendor('outfitting', 'https://eddn.edcd.io/schemas/outfitting/3', MODULES);
export const shipyard = vendor('shipyard', 'https://eddn.edcd.io/schemas/shipyard/2', {
  wares: 'ships',
  list: 'ships',
  flag: 'shipyard',
});
