import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import { assistantRoutes } from '../../src/infra/http/routes/assistant/assistant.ts';
import { hashToken } from '../../src/infra/http/token.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { makeGalaxy } from './galaxy.ts';
import { ask, silentLog, startHttp } from './http.ts';
import {
  CARRIER_ID,
  depotLine,
  dockedLine,
  journalLine,
  JOURNAL_S,
  loginLines,
  SITE_ID,
} from './journals.ts';
import { tempDir } from './temp-dir.ts';
import { until } from './until.ts';

export const FILE = 'Journal.2026-05-01T120000.01.log';
export const SYSTEM = 'Hyades Sector AB-C';
export const text = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join('');
export const iso = (at: number) => new Date((JOURNAL_S + at) * 1000).toISOString();
export const bearer = (name: string) => ({ authorization: `Bearer tdl_${name}` });

/** A folder that is followed, and a server that answers clients of the assistant. */
export async function world({ isPublic = false, lines }: { isPublic?: boolean; lines: readonly string[] }) {
  const dir = tempDir();
  const folder = join(dir, 'journals');
  mkdirSync(folder);
  const file = join(folder, FILE);
  writeFileSync(file, text(...lines));
  const database = join(dir, 'TradeDangerous.db');
  await makeGalaxy(database, ['Sol']);
  const store = createSqliteStore({ file: database, generation: 'auto' });
  const queries = createSqliteQueries(database);
  const watchers = new JournalWatchers({
    folders: [openJournalFolder(folder, join(dir, 'places.json'))],
    ...{ store, time: realTime, random: Math.random, log: silentLog },
  });
  const scopes = ['journal', 'operate'] as const;
  const tokens = scopes.map((name) => ({ name, scopes: [name], madeAtS: 0, hash: hashToken(`tdl_${name}`) }));
  const server = await startHttp(
    [
      (app) =>
        assistantRoutes(app, {
          ...{ queries, commodities: () => [], now: () => (JOURNAL_S + 3_600) * 1000, version: '1.2.3' },
          ...{ questionsPerMinute: null, colonisation: watchers, isPublic, reload: () => watchers.reload() },
        }),
    ],
    { guard: { tokens: () => Promise.resolve(tokens), names: [] } },
  );
  watchers.start();
  onTestFinished(async () => {
    await server.close(0);
    await watchers.close();
    await queries.close();
    await store.close();
  });
  await until(() => watchers.watchers()[0]?.state === 'tailing');
  const get = async (path: string, headers: Record<string, string> = bearer('journal')) => {
    const { status, bytes } = await ask(`${server.url}/api${path}`, headers);
    return { status, body: JSON.parse(bytes.toString()) as Record<string, unknown> };
  };
  return { folder, file, server, watchers, get };
}

export const LINES = [
  ...loginLines(),
  dockedLine(1),
  depotLine(2, { steel: [100, 30], aluminium: [10, 10], gold: [5, 0] }),
  // Of another system: complete, failed, and one that nobody has told the goods of.
  dockedLine(3, {
    MarketID: 2,
    StarSystem: 'Sol',
    SystemAddress: 5,
    StationName: 'Orbital Construction Site: Two',
  }),
  depotLine(4, { steel: [9, 9] }, { MarketID: 2, ConstructionComplete: true, ConstructionProgress: 1 }),
  dockedLine(5, {
    MarketID: 3,
    StarSystem: 'Sol',
    SystemAddress: 5,
    StationName: 'Orbital Construction Site: Three',
  }),
  depotLine(6, { steel: [9, 1] }, { MarketID: 3, ConstructionFailed: true }),
  dockedLine(7, {
    MarketID: 4,
    StarSystem: 'Sol',
    SystemAddress: 5,
    StationName: 'Orbital Construction Site: Four',
  }),
  journalLine(8, 'CarrierStats', {
    ...{ CarrierID: CARRIER_ID, Callsign: 'K7Q-B1N', Name: 'HOME', CarrierType: 'FleetCarrier' },
    SpaceUsage: { TotalCapacity: 25_000, Cargo: 40, FreeSpace: 20_000 },
  }),
  journalLine(9, 'CarrierStats', {
    CarrierID: 9,
    Callsign: 'SQDN',
    Name: 'OURS',
    CarrierType: 'SquadronCarrier',
  }),
  journalLine(10, 'CarrierTradeOrder', {
    CarrierID: CARRIER_ID,
    Commodity: 'steel',
    PurchaseOrder: 70,
    Price: 9,
  }),
  journalLine(11, 'CarrierTradeOrder', { CarrierID: CARRIER_ID, Commodity: 'gold', SaleOrder: 40, Price: 8 }),
];

const good = (symbol: string, required: number, provided: number) => ({
  ...{ name: `$${symbol}_name;`, name_localised: symbol.toUpperCase(), payment: 1_000 },
  ...{ required_amount: required, provided_amount: provided, remaining_amount: required - provided },
  progress_percentage: Math.floor((10_000 * provided) / required) / 100,
  status: provided === required ? 'completed' : provided > 0 ? 'in_progress' : 'not_started',
});

export const SITE = {
  ...{ market_id: SITE_ID, station_name: 'Orbital Construction Site: Trevithick Dock' },
  ...{ station_type: 'SpaceConstructionDepot', system_name: SYSTEM, system_address: 11_668_486_497_665 },
  ...{ construction_progress: 34.78, construction_complete: false, construction_failed: false },
  commodities: [good('steel', 100, 30), good('aluminium', 10, 10), good('gold', 5, 0)],
  ...{ last_updated: iso(2), last_source: 'journal', is_complete: false },
  ...{ total_commodities_needed: 75, commodities_progress_percentage: 34.78 },
};
