import { ROW, ROW_WIDTH, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import type { RowWriter } from '../bulk.ts';
import type { Link } from '../connection.ts';
import { RowsChangedError } from '../errors.ts';
import { epochOf, wholeLines } from '../sql.ts';

const COLUMNS = [
  'demand_price',
  'demand_units',
  'demand_level',
  'supply_price',
  'supply_units',
  'supply_level',
];

/** A snapshot, or the market of a dump. */
export interface MarketRows extends Pick<Snapshot, 'observedAtS' | 'rows'> {
  readonly marketId: number | bigint;
}

const KEY = ['station_id', 'item_id'];

const ROW_COLUMNS = [...KEY, ...COLUMNS, 'modified', 'from_live'];

/** Small tables would be read whole otherwise, rows of other writers included. */
const BY_KEY = 'FORCE INDEX (PRIMARY)';

/** The rows of a station that has some. */
interface StoredMarket {
  /** Epoch seconds of the newest row. */
  readonly newestS: number;
  /** All have this time. */
  readonly isOfOneTime: boolean;
  /** {@link rowText}s. */
  readonly rows: readonly string[];
}

/** By station id, as text. */
export type StoredMarkets = ReadonlyMap<string, StoredMarket>;

/** {@link rowText}, made by the server. */
const ROW_TEXT = `CONCAT_WS(',', item_id, ${COLUMNS.join()})`;

/** What is stored of some stations. */
export async function readMarkets(
  link: Link,
  marketIds: readonly (number | bigint)[],
): Promise<StoredMarkets> {
  const markets = new Map<string, StoredMarket>();
  if (marketIds.length === 0) return markets;
  const from = (ids: readonly unknown[]) => `FROM StationItem ${BY_KEY} WHERE station_id IN (${ids.join()})`;
  // One text a station, for taking an answer apart cell by cell would cost more than comparing it.
  const found = await link.rows(
    `SELECT station_id, ${epochOf('MAX(modified)')}, MIN(modified) = MAX(modified), COUNT(*), GROUP_CONCAT(${ROW_TEXT}, '\n' SEPARATOR '')
     ${from(marketIds)} GROUP BY station_id`,
  );
  for (const [id, newestS, isOfOneTime, count, text] of found) {
    // The server cuts off what does not fit into its packets.
    const rows =
      wholeLines(String(text), Number(count)) ??
      (await link.rows(`SELECT ${ROW_TEXT} ${from([id])}`)).map(([row]) => String(row));
    markets.set(String(id), { newestS: Number(newestS), isOfOneTime: Number(isOfOneTime) === 1, rows });
  }
  return markets;
}

/**
 * Makes the stored rows those of the markets, one timestamp and one `from_live` a station.
 *
 * What is stored is compared first: most observations leave most rows as they were, and moving the time of those in one
 * statement costs half of writing them again (measured; reading costs a tenth).
 */
export async function writeRows(
  link: Link,
  rows: RowWriter,
  markets: readonly MarketRows[],
  stored: StoredMarkets,
  fromLive: 0 | 1,
): Promise<void> {
  const differences = markets.map((market) => compare(market, stored.get(String(market.marketId))?.rows));
  await rows.upsert(
    {
      table: 'StationItem',
      columns: ROW_COLUMNS,
      count: differences.reduce((sum, { changed }) => sum + changed.length, 0),
      values: changedRows(differences, fromLive),
    },
    KEY,
  );
  const absent = differences
    .filter(({ gone }) => gone.length > 0)
    .map(({ market, gone }) => `(station_id = ${market.marketId} AND item_id IN (${gone.join()}))`);
  for (let from = 0; from < absent.length; from += 100) {
    const some = absent.slice(from, from + 100).join(' OR ');
    await link.run(`DELETE si FROM StationItem si ${BY_KEY} WHERE ${some}`);
  }
  await touch(
    link,
    differences.filter(({ same }) => same > 0).map(({ market }) => market),
    fromLive,
  );
}

/** Whether these very rows are stored, with this time. */
export function isStored(market: MarketRows, stored: StoredMarkets): boolean {
  const found = stored.get(String(market.marketId));
  if (found?.newestS !== market.observedAtS || !found.isOfOneTime) return false;
  const { changed, gone } = compare(market, found.rows);
  return changed.length === 0 && gone.length === 0;
}

/** In the order of {@link ROW_COLUMNS}. */
function* changedRows(differences: readonly Difference[], fromLive: 0 | 1): Generator<string> {
  for (const { market, changed } of differences) {
    const tail = `'${formatTimestamp(market.observedAtS)}',${fromLive}`;
    for (const text of changed) yield `${market.marketId},${text},${tail}`;
  }
}

/** Moves the time of all rows of these stations, which by now are the markets' rows. */
async function touch(link: Link, markets: readonly MarketRows[], fromLive: 0 | 1): Promise<void> {
  if (markets.length === 0) return;
  const times = markets.map(
    ({ marketId, observedAtS }) => `WHEN ${marketId} THEN '${formatTimestamp(observedAtS)}'`,
  );
  const matched = await link.run(
    `UPDATE StationItem ${BY_KEY} SET from_live = ${fromLive}, modified = CASE station_id ${times.join(' ')} END
     WHERE station_id IN (${markets.map(({ marketId }) => marketId).join()})`,
  );
  const expected = markets.reduce((sum, { rows }) => sum + rows.length / ROW_WIDTH, 0);
  // A purge, or a writer that takes no locks, deleted or added rows since they were read.
  if (matched !== expected) throw new RowsChangedError('rows were changed by another program meanwhile');
}

interface Difference {
  readonly market: MarketRows;
  /** The {@link rowText}s of what is new or other. */
  readonly changed: readonly string[];
  /** How many rows are stored just so. */
  readonly same: number;
  /** Item ids stored but no longer listed. */
  readonly gone: readonly number[];
}

function compare(market: MarketRows, stored: readonly string[] = []): Difference {
  const { rows } = market;
  const before = new Set(stored);
  const listed = new Set<number>();
  const changed: string[] = [];
  for (let at = 0; at < rows.length; at += ROW_WIDTH) {
    const text = rowText(rows, at);
    if (!before.delete(text)) changed.push(text);
    listed.add(rows[at + ROW.itemId] ?? 0);
  }
  const gone = [...before].map((text) => Number.parseInt(text, 10)).filter((id) => !listed.has(id));
  return { market, changed, same: listed.size - changed.length, gone };
}

/** Item, then {@link COLUMNS}, with commas between. */
function rowText(rows: Int32Array, at: number): string {
  const n = (column: number) => rows[at + column] ?? 0;
  // Spelled out, for it is most of what writing costs on our side: joining a slice takes twice as long.
  return `${n(ROW.itemId)},${n(ROW.demandPrice)},${n(ROW.demandUnits)},${n(ROW.demandLevel)},${n(ROW.supplyPrice)},${n(ROW.supplyUnits)},${n(ROW.supplyLevel)}`;
}
