import type { Generation } from '../../../../domain/generation.ts';
import { rowCount } from '../../../../domain/market/snapshot.ts';
import type { StagedStation, StagedVendor, StationRow } from '../../../../domain/spansh/records.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import type { RowWriter } from '../bulk.ts';
import { factsOfRow } from '../../../../domain/galaxy/stations/station-state.ts';
import { STATION_COLUMNS, stationValues } from '../../shared/station-columns.ts';
import type { NoteChange } from '../../../../domain/ports/store/changes.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Link } from '../connection.ts';
import { learnStations, readOwn, readNewest, writeProfiles } from './station-states.ts';
import type { PriceWriter } from '../markets/prices.ts';
import { readMarkets, writeRows } from '../markets/rows.ts';
import { epochOf, literal } from '../sql.ts';
import { believedS, isNewer, sameName } from '../../../../domain/market/write-rule.ts';
import { changeMemory, readClears, type RememberedClear } from './memory.ts';

/** What was written of some stations. */
export interface StationCounts {
  readonly stations: number;
  readonly markets: number;
  readonly marketRows: number;
  readonly vendors: number;
}

export interface StationSetup {
  readonly generation: Generation;
  readonly hasOwnTables: boolean;
  readonly changes: ChangeLog;
  readonly prices: PriceWriter;
  /** Nobody has observed anything later, epoch seconds. */
  readonly notAfterS: number;
  readonly rows: RowWriter;
}

/**
 * Writes what is newer than what is stored, in a transaction. Whoever calls holds the stations' locks. An error leaves
 * nothing written.
 */
export async function writeStations(
  link: Link,
  setup: StationSetup,
  stations: readonly StagedStation[],
): Promise<StationCounts> {
  const { generation } = setup;
  return setup.changes.transaction(link, async (note) => ({
    stations: await writeStationRows(link, setup, stations, note),
    ...(await writeMarkets(link, setup, stations, note)),
    vendors:
      (await writeVendors(link, setup, SHIPYARD, stations)) +
      (generation === 'v12' ? await writeVendors(link, setup, OUTFITTING, stations) : 0),
  }));
}

async function writeStationRows(
  link: Link,
  { generation, hasOwnTables, notAfterS, rows }: StationSetup,
  stations: readonly StagedStation[],
  note: NoteChange,
): Promise<number> {
  const all = stations.flatMap(({ id, row }) => (row === null ? [] : [{ id, row }]));
  if (all.length === 0) return 0;
  const owned = hasOwnTables
    ? await readOwn(
        link,
        all.map(({ id }) => id),
      )
    : new Map<string, unknown>();
  // What the feed has told about is joined with what it told.
  const joined = await learnStations(
    link,
    { generation, notAfterS, rows },
    all
      .filter(({ id }) => owned.has(String(id)))
      .map(({ id, row }) => ({ id, facts: factsOfRow(row, generation), create: true, dumpS: row.modifiedS })),
  );
  const replaced = await replaceRows(
    link,
    { generation, notAfterS, rows },
    all.filter(({ id }) => !owned.has(String(id))),
  );
  if (hasOwnTables) {
    const rowOf = new Map(all.map(({ id, row }) => [id, row]));
    await writeProfiles(
      rows,
      replaced.flatMap((id) => {
        const profile = rowOf.get(id)?.profile;
        return profile === undefined ? [] : [{ id, profile }];
      }),
    );
  }
  const news = [...joined.flatMap(({ id, isNews }) => (isNews ? [id] : [])), ...replaced];
  const modifiedS = new Map<number | bigint, number>(all.map(({ id, row }) => [id, row.modifiedS]));
  for (const id of news) note('station', id, modifiedS.get(id) ?? null, 'dump');
  return joined.length + replaced.length;
}

/** Each by its one time. @returns those that were written */
async function replaceRows(
  link: Link,
  { generation, notAfterS, rows }: Pick<StationSetup, 'generation' | 'notAfterS' | 'rows'>,
  told: readonly { readonly id: bigint; readonly row: StationRow }[],
): Promise<readonly bigint[]> {
  if (told.length === 0) return [];
  const columns = STATION_COLUMNS[generation];
  const cellsOf = (row: StationRow) => stationValues(row, generation, (atS) => atS);
  const expressions = columns.map((column) => (column === 'modified' ? epochOf(column) : column));
  const found = await link.rows(
    `SELECT station_id, ${epochOf('modified')}, ${expressions.join()} FROM Station
     WHERE station_id IN (${told.map(({ id }) => id).join()})`,
  );
  const stored = new Map(found.map(([id, modifiedS, ...cells]) => [String(id), { modifiedS, cells }]));
  const newer = told.filter(({ id, row }) => {
    const before = stored.get(String(id));
    const beforeS = believedS(Number(before?.modifiedS ?? -1), notAfterS) ?? -1;
    if (before === undefined || row.modifiedS > beforeS) return true;
    return row.modifiedS === beforeS && cellsOf(row).join('\n') !== before.cells.join('\n');
  });
  const systemOf = (id: bigint) => stored.get(String(id))?.cells[columns.indexOf('system_id')];
  const isElsewhere = ({ id, row }: (typeof told)[number]) =>
    stored.has(String(id)) && String(systemOf(id)) !== String(row.systemId);
  const marketS = await readNewest(
    link,
    'StationItem',
    newer.filter(isElsewhere).map(({ id }) => id),
  );
  // Its market has been seen where it is since then.
  const changed = newer.map(({ id, row }) => {
    const isSeenLater = (believedS(marketS.get(String(id)), notAfterS) ?? -1) > row.modifiedS;
    return { id, row: isSeenLater ? { ...row, systemId: BigInt(String(systemOf(id))) } : row };
  });
  const literals = ({ id, row }: (typeof told)[number]) =>
    `${id},${stationValues(row, generation, formatTimestamp).map(literal).join()}`;
  const { added = [], altered = [] } = Object.groupBy(changed, ({ id }) =>
    stored.has(String(id)) ? 'altered' : 'added',
  );
  const rowsOf = (some: typeof told) => ({
    table: 'Station',
    columns: ['station_id', ...columns],
    count: some.length,
    values: some.map(literals),
  });
  await rows.insert(rowsOf(added));
  await rows.upsertReferred(rowsOf(altered), ['station_id']);
  return changed.map(({ id }) => id);
}

async function writeMarkets(
  link: Link,
  { hasOwnTables, notAfterS, rows, prices }: StationSetup,
  stations: readonly StagedStation[],
  note: NoteChange,
) {
  const told = stations.flatMap(({ id, market }) => (market === null ? [] : [{ marketId: id, ...market }]));
  const ids = told.map(({ marketId }) => marketId);
  const stored = await readMarkets(link, ids);
  const clears = hasOwnTables ? await readClears(link, ids) : new Map<string, RememberedClear>();
  const newer = told.filter(({ marketId, observedAtS }) => {
    const clear = clears.get(String(marketId));
    const held = clear !== undefined && sameName(clear.name, clear.stationName) ? clear : undefined;
    return isNewer(observedAtS, stored.get(String(marketId))?.newestS ?? null, notAfterS, held);
  });
  await writeRows(link, rows, newer, stored, 0);
  if (hasOwnTables) await prices.write(rows, newer);
  await changeMemory(
    link,
    rows,
    newer
      .filter(({ marketId }) => clears.has(String(marketId)))
      .map(({ marketId }) => ({ stationId: marketId, forget: ['clear'] })),
  );
  for (const { marketId, observedAtS } of newer) note('market', marketId, observedAtS, 'dump');
  return { markets: newer.length, marketRows: newer.reduce((sum, market) => sum + rowCount(market), 0) };
}

/** `ShipVendor` or `UpgradeVendor`. */
interface VendorTable {
  readonly name: string;
  readonly goodsId: string;
  readonly block: 'shipyard' | 'outfitting';
}

export const SHIPYARD: VendorTable = { name: 'ShipVendor', goodsId: 'ship_id', block: 'shipyard' };
export const OUTFITTING: VendorTable = { name: 'UpgradeVendor', goodsId: 'upgrade_id', block: 'outfitting' };

/** Whole, and only what was observed after the newest stored row of the station; `orGreater`: or a greater list then. */
export async function writeVendors(
  link: Link,
  { notAfterS, rows }: Pick<StationSetup, 'notAfterS' | 'rows'>,
  { name, goodsId, block }: VendorTable,
  stations: readonly StagedStation[],
  orGreater = false,
): Promise<number> {
  const told = stations.flatMap(({ id, [block]: vendor }) => (vendor === null ? [] : [{ id, vendor }]));
  const storedS = await readNewest(
    link,
    name,
    told.map(({ id }) => id),
  );
  const equal = orGreater
    ? told.filter(({ id, vendor }) => vendor.observedAtS === storedS.get(String(id)))
    : [];
  const greater = await greaterLists(link, { name, goodsId, block }, equal);
  const newer = told.filter(
    ({ id, vendor }) =>
      isNewer(vendor.observedAtS, storedS.get(String(id)) ?? null, notAfterS) || greater.has(id),
  );
  const known = newer.filter(({ id }) => storedS.has(String(id)));
  if (known.length > 0) {
    await link.run(`DELETE FROM ${name} WHERE station_id IN (${known.map(({ id }) => id).join()})`);
  }
  const values = vendorRows(newer);
  await rows.insert({
    table: name,
    columns: [goodsId, 'station_id', 'modified'],
    count: values.length,
    values,
  });
  return newer.length;
}

/** Which of these are, as text, greater than what is stored: of two lists of one second one is, whichever comes first. */
async function greaterLists(
  link: Link,
  { name, goodsId }: VendorTable,
  told: readonly { readonly id: bigint; readonly vendor: StagedVendor }[],
): Promise<Set<bigint>> {
  const greater = new Set<bigint>();
  for (const { id, vendor } of told) {
    const rows = await link.rows(
      `SELECT ${goodsId} FROM ${name} WHERE station_id = ${id} ORDER BY ${goodsId}`,
    );
    if (vendor.ids.join() > rows.map(([goods]) => Number(goods)).join()) greater.add(id);
  }
  return greater;
}

/** In the order of the primary key, which makes the difference between one page of the table and hundreds. */
function vendorRows(vendors: readonly { readonly id: bigint; readonly vendor: StagedVendor }[]): string[] {
  const rows: (readonly [number, string])[] = [];
  for (const { id, vendor } of vendors) {
    const tail = `,${id},'${formatTimestamp(vendor.observedAtS)}'`;
    for (const goods of vendor.ids) rows.push([goods, `${goods}${tail}`]);
  }
  return rows.sort(([a], [b]) => a - b).map(([, row]) => row);
}
