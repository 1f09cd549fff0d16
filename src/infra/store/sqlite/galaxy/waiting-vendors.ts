import type { DatabaseSync } from 'node:sqlite';
import { newerVendor } from '../../../../domain/galaxy/gathered.ts';
import type { VendorRecord } from '../../../../domain/galaxy/records.ts';
import type { Generation } from '../../../../domain/generation.ts';
import { createVendorWriter, OUTFITTING, SHIPYARD } from './vendors.ts';

type Wares = VendorRecord['wares'];

/** Where the goods of a vendor come from (`FDev...`), and what is made of them there. */
const GOODS: Readonly<Record<Wares, { readonly table: string; readonly insert: string }>> = {
  ships: {
    table: 'FDevShipyard',
    insert: 'INSERT OR IGNORE INTO Ship (ship_id, name) SELECT id, name FROM FDevShipyard WHERE id = ?',
  },
  modules: {
    table: 'FDevOutfitting',
    insert: `INSERT OR IGNORE INTO Upgrade (upgrade_id, name, class, rating, ship)
      SELECT id, name, class, rating, ship FROM FDevOutfitting WHERE id = ?`,
  },
};

/** Shipyards and outfitters as the feed tells of them: written when station and goods are known. */
export interface WaitingVendors {
  learn(vendor: VendorRecord): void;
  /** Writes what waits for this station, if it has come. */
  settle(stationId: number | bigint): void;
  /** The same for all: tables have grown. */
  settleAll(): void;
}

/** @param notAfterS nobody has observed anything later */
export function createWaitingVendors(
  db: DatabaseSync,
  generation: Generation,
  notAfterS: () => number,
): WaitingVendors {
  const isStation = db.prepare('SELECT 1 FROM Station WHERE station_id = ?');
  const select = db.prepare('SELECT wares, observed_s, goods FROM tdl_waiting WHERE station_id = ?');
  const put = db.prepare(
    'INSERT OR REPLACE INTO tdl_waiting (station_id, wares, observed_s, goods) VALUES (?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM tdl_waiting WHERE station_id = ? AND wares = ?');
  const prepare = (wares: Wares) => ({
    goods: db.prepare(`SELECT id, symbol FROM ${GOODS[wares].table}`),
    insert: db.prepare(GOODS[wares].insert),
    write: createVendorWriter(db, wares === 'ships' ? SHIPYARD : OUTFITTING, notAfterS),
  });
  const prepared = new Map<Wares, ReturnType<typeof prepare>>();

  /** @returns whether it is done with: written, older than what is stored, or of no use here */
  function write(
    stationId: number | bigint,
    { wares, observedAtS, goods }: Omit<VendorRecord, 'kind' | 'id'>,
  ): boolean {
    // v13 keeps no modules.
    if (wares === 'modules' && generation === 'v13') return true;
    if (isStation.get(stationId) === undefined) return false;
    const statements = prepared.get(wares) ?? prepare(wares);
    prepared.set(wares, statements);
    // An outfitter sells hundreds of a thousand: to read all of them once is quicker than to look for each.
    const idOf = new Map<string, number>();
    for (const { id, symbol } of statements.goods.all()) {
      for (const name of [String(id), String(symbol).toLowerCase()])
        if (!idOf.has(name)) idOf.set(name, Number(id));
    }
    const ids = goods.split(',').flatMap((name) => idOf.get(name.toLowerCase()) ?? []);
    if (ids.length === 0) return false;
    for (const id of ids) statements.insert.run(id);
    statements.write(BigInt(stationId), { observedAtS, ids: Int32Array.from(new Set(ids)).sort() }, true);
    return true;
  }

  function settle(stationId: number | bigint): void {
    for (const row of select.all(stationId)) {
      const wares = row.wares as Wares;
      const vendor = { wares, observedAtS: Number(row.observed_s), goods: String(row.goods) };
      if (write(stationId, vendor)) remove.run(stationId, wares);
    }
  }

  return {
    learn(vendor) {
      if (write(vendor.id, vendor)) return;
      const row = select.all(vendor.id).find(({ wares }) => wares === vendor.wares);
      const stored = row && { observedAtS: Number(row.observed_s), goods: String(row.goods) };
      if (
        stored !== undefined &&
        newerVendor<Pick<VendorRecord, 'observedAtS' | 'goods'>>(vendor, stored) === stored
      )
        return;
      put.run(vendor.id, vendor.wares, vendor.observedAtS, vendor.goods);
    },
    settle,
    settleAll() {
      const stations = db.prepare(
        'SELECT DISTINCT station_id FROM tdl_waiting WHERE station_id IN (SELECT station_id FROM Station)',
      );
      stations.setReadBigInts(true);
      for (const { station_id } of stations.all()) settle(station_id as bigint);
    },
  };
}
