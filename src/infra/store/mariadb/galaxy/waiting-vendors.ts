import { newerVendor } from '../../../../domain/galaxy/gathered.ts';
import type { VendorRecord } from '../../../../domain/galaxy/records.ts';
import type { StagedStation, StagedVendor } from '../../../../domain/spansh/records.ts';
import type { Link } from '../connection.ts';
import { writeVendors, OUTFITTING, SHIPYARD } from './stations.ts';
import { text } from '../sql.ts';
import type { StatesSetup } from './station-states.ts';

type Wares = VendorRecord['wares'];
type Vendor = Omit<VendorRecord, 'kind' | 'id'> & { readonly id: string };

/** Where the goods of a vendor come from (`FDev...`), and what is made of them there. */
const GOODS: Readonly<
  Record<Wares, { readonly from: string; readonly insert: string; readonly key: string }>
> = {
  ships: { from: 'FDevShipyard', insert: 'Ship (ship_id, name) SELECT id, name', key: 'ship_id' },
  modules: {
    from: 'FDevOutfitting',
    insert: 'Upgrade (upgrade_id, name, class, rating, ship) SELECT id, name, class, rating, ship',
    key: 'upgrade_id',
  },
};

/**
 * Shipyards and outfitters as the feed tells of them: written when station and goods are known, kept until then. In the
 * caller's transaction, under the stations' locks.
 */
export async function learnVendors(
  link: Link,
  setup: StatesSetup,
  records: readonly VendorRecord[],
): Promise<void> {
  const vendors = records.map((vendor) => ({ ...vendor, id: String(vendor.id) }));
  const written = await write(link, setup, vendors);
  const left = vendors.filter((vendor) => !written.has(vendor));
  if (left.length === 0) return;
  const waiting = await readWaiting(
    link,
    left.map(({ id }) => id),
  );
  const newer = left.filter((vendor) => {
    const stored = waiting.find(({ id, wares }) => id === vendor.id && wares === vendor.wares);
    return stored === undefined || newerVendor<Vendor>(vendor, stored) !== stored;
  });
  await setup.rows.upsert(
    {
      table: 'tdl_waiting',
      columns: ['station_id', 'wares', 'observed_s', 'goods'],
      count: newer.length,
      values: newer.map(
        ({ id, wares, observedAtS, goods }) => `${id},'${wares}',${observedAtS},${text(goods)}`,
      ),
    },
    ['station_id', 'wares'],
  );
}

/** Writes what waits for these stations, where they have come. */
export async function settleVendors(
  link: Link,
  setup: StatesSetup,
  ids: readonly (number | bigint)[],
): Promise<void> {
  const waiting = await readWaiting(link, ids.map(String));
  const written = await write(link, setup, waiting);
  if (written.size === 0) return;
  const keys = [...written].map(({ id, wares }) => `(${id},'${wares}')`);
  await link.run(`DELETE FROM tdl_waiting WHERE (station_id, wares) IN (${keys.join()})`);
}

/** Stations that something waits for, and that have come. */
export async function stationsAwaited(link: Link): Promise<bigint[]> {
  const rows = await link.rows(
    'SELECT DISTINCT w.station_id FROM tdl_waiting w JOIN Station st ON st.station_id = w.station_id ORDER BY 1',
  );
  return rows.map(([id]) => BigInt(String(id)));
}

async function readWaiting(link: Link, ids: readonly string[]): Promise<Vendor[]> {
  if (ids.length === 0) return [];
  const rows = await link.rows(
    `SELECT station_id, wares, observed_s, goods FROM tdl_waiting WHERE station_id IN (${ids.join()})`,
  );
  return rows.map(([id, wares, observedS, goods]) => ({
    id: String(id),
    wares: String(wares) as Wares,
    observedAtS: Number(observedS),
    goods: String(goods),
  }));
}

/** @returns those that are done with: written, older than what is stored, or of no use here */
async function write(link: Link, setup: StatesSetup, vendors: readonly Vendor[]): Promise<Set<Vendor>> {
  const done = new Set<Vendor>();
  if (vendors.length === 0) return done;
  const found = await link.rows(
    `SELECT station_id FROM Station WHERE station_id IN (${vendors.map(({ id }) => id).join()})`,
  );
  const stations = new Set(found.map(([id]) => String(id)));
  for (const wares of ['ships', 'modules'] as const) {
    const told = vendors.filter((vendor) => vendor.wares === wares);
    if (wares === 'modules' && setup.generation === 'v13') {
      // It keeps none.
      for (const vendor of told) done.add(vendor);
      continue;
    }
    const here = told.filter(({ id }) => stations.has(id));
    if (here.length === 0) continue;
    const ids = await findGoods(link, wares, here);
    const staged: StagedStation[] = [];
    for (const vendor of here) {
      const goods = [...new Set(vendor.goods.split(',').flatMap((name) => ids.get(name) ?? []))].sort(
        (a, b) => a - b,
      );
      if (goods.length === 0) continue;
      done.add(vendor);
      const block: StagedVendor = { observedAtS: vendor.observedAtS, ids: Int32Array.from(goods) };
      const none = { id: BigInt(vendor.id), row: null, market: null, shipyard: null, outfitting: null };
      staged.push({ ...none, [wares === 'ships' ? 'shipyard' : 'outfitting']: block });
    }
    await writeVendors(link, setup, wares === 'ships' ? SHIPYARD : OUTFITTING, staged, true);
  }
  return done;
}

/** The numbers of goods by what they are told as; their rows are made where they are missing. */
async function findGoods(link: Link, wares: Wares, vendors: readonly Vendor[]): Promise<Map<string, number>> {
  const { from, insert, key } = GOODS[wares];
  const names = [...new Set(vendors.flatMap(({ goods }) => goods.split(',')))];
  const numbers = names.filter((name) => /^\d+$/.test(name));
  const symbols = names.filter((name) => !/^\d+$/.test(name));
  const rows = await link.rows(
    `SELECT id, symbol FROM ${from}
     WHERE symbol IN (${symbols.map(text).join() || 'NULL'}) OR id IN (${numbers.join() || 'NULL'})`,
  );
  if (rows.length === 0) return new Map();
  const ids = rows.map(([id]) => Number(id));
  const known = await link.rows(
    `SELECT ${key} FROM ${wares === 'ships' ? 'Ship' : 'Upgrade'} WHERE ${key} IN (${ids.join()})`,
  );
  const missing = new Set(ids).difference(new Set(known.map(([id]) => Number(id))));
  if (missing.size > 0)
    await link.run(`INSERT IGNORE INTO ${insert} FROM ${from} WHERE id IN (${[...missing].join()})`);
  return new Map(
    rows.flatMap(([id, symbol]) => [
      [String(symbol).toLowerCase(), Number(id)] as const,
      [String(id), Number(id)] as const,
    ]),
  );
}
