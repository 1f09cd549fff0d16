import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHistoryRecorder } from '../../src/infra/history/recorder.ts';
import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import { withDatabase } from './galaxy.ts';
import { testCatalogue } from './messages.ts';

const DAY_S = 86_400;
const OBSERVATIONS_A_DAY = 3;
/** Markets of a page. */
const PAGE = 200;

/**
 * Files of the last whole days of a history in which prices have gone up and down, of as many markets of a database.
 * The daemon takes the days up, and goes on from there.
 */
export async function writeHistory(
  directory: string,
  database: string,
  { nowS, days, markets }: { readonly nowS: number; readonly days: number; readonly markets: number },
): Promise<void> {
  const today = Math.floor(nowS / DAY_S);
  const usual = usualRows(database, markets);
  const recorder = createHistoryRecorder(directory);
  const names = new Map(testCatalogue().commodities.map(({ id, name }) => [id, name]));
  const logId = '00000000-0000-4000-8000-000000000001';
  let seq = 0;
  // A history is not whole on the day on which it begins.
  await recorder.goOn({ logId, seq }, 'the history begins here', (today - days - 1) * DAY_S);
  for (let day = today - days; day < today; day++) {
    for (let look = 0; look < OBSERVATIONS_A_DAY; look++) {
      const lookS = day * DAY_S + (look * DAY_S) / OBSERVATIONS_A_DAY;
      for (let from = 0; from < usual.length; from += PAGE) {
        const page = usual.slice(from, from + PAGE);
        const after = { logId, seq };
        const observedAtS = (at: number) => lookS + (((from + at) * 97) % (DAY_S / OBSERVATIONS_A_DAY));
        await recorder.record({
          after,
          changes: page.map(({ marketId }, at) => ({
            ...{ seq: (seq += 1), kind: 'market' as const, id: BigInt(marketId) },
            ...{ observedAtS: observedAtS(at), writtenAtS: observedAtS(at), source: 'live' as const },
          })),
          markets: page.map(({ marketId, rows }, at) => ({
            ...{ marketId, isCarrier: false, observedAtS: observedAtS(at) },
            rows: wavering(rows, marketId, day * OBSERVATIONS_A_DAY + look),
          })),
        });
      }
    }
    await recorder.reached((day + 1) * DAY_S);
    await recorder.closeDay(day, names);
  }
  await recorder.close();
  // It is of another change log; without it the files are found again.
  for (const suffix of ['', '-wal', '-shm'])
    await rm(join(directory, `running.db${suffix}`), { force: true });
}

function usualRows(database: string, markets: number) {
  return withDatabase(database, (db) => {
    const cells = db
      .prepare(
        `SELECT station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units, supply_level
         FROM StationItem WHERE station_id IN (SELECT DISTINCT station_id FROM StationItem ORDER BY station_id LIMIT ?)`,
      )
      .all(markets);
    return [...Map.groupBy(cells, ({ station_id: id }) => Number(id))].map(([marketId, found]) => {
      const rows = new Int32Array(found.length * ROW_WIDTH);
      for (const [at, cell] of found.entries()) {
        const row = rows.subarray(at * ROW_WIDTH);
        row[ROW.itemId] = Number(cell.item_id);
        row[ROW.demandPrice] = Number(cell.demand_price);
        row[ROW.demandUnits] = Number(cell.demand_units);
        row[ROW.demandLevel] = Number(cell.demand_level);
        row[ROW.supplyPrice] = Number(cell.supply_price);
        row[ROW.supplyUnits] = Number(cell.supply_units);
        row[ROW.supplyLevel] = Number(cell.supply_level);
      }
      return { marketId, rows };
    });
  });
}

/** Slowly up and down, each good of a market in a time of its own. */
function wavering(usual: Int32Array, marketId: number, look: number): Int32Array {
  const rows = usual.slice();
  for (let at = 0; at < rows.length; at += ROW_WIDTH) {
    const phase = (marketId + (rows[at + ROW.itemId] ?? 0)) % 63;
    const factor = 1 + 0.06 * Math.sin(look / 4 + phase / 10) + 0.02 * Math.sin(look * 1.7 + phase);
    for (const price of [ROW.supplyPrice, ROW.demandPrice]) {
      rows[at + price] = Math.round((rows[at + price] ?? 0) * factor);
    }
  }
  return rows;
}
