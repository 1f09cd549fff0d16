import { nameKey } from '../../../../domain/names.ts';
import type { Commodity } from '../../../../domain/market/catalogue.ts';
import { lookupName, NEW_STATION, type Generation } from '../../../../domain/generation.ts';
import type { WriteOutcome } from '../../../../domain/market/outcome.ts';
import { rowCount, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { marketFacts, type OwnState } from '../../../../domain/galaxy/station-state.ts';
import { decideWrite, sameName, type StoredStation } from '../../../../domain/market/write-rule.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { leftOutOf, withoutItems } from '../../shared/seed-items.ts';
import type { RowWriter } from '../bulk.ts';
import type { Link } from '../connection.ts';
import { learnStations, readOwn } from '../galaxy/station-states.ts';
import { settleVendors } from '../galaxy/waiting-vendors.ts';
import { admit, insertItems, type Items } from './items.ts';
import { readMarkets, writeRows, type StoredMarkets } from './rows.ts';
import { epochOf, text } from '../sql.ts';
import { findSystems } from './systems.ts';

/** What the writer knows of the database. */
export interface WriteContext {
  readonly generation: Generation;
  readonly maxStatementBytes: number;
  readonly hasOwnTables: boolean;
  readonly catalogue: ReadonlyMap<number, Commodity>;
  /** As they are before. */
  readonly items: Items;
}

export type Outcomes = ReadonlyMap<Snapshot, WriteOutcome>;

interface Accepted {
  readonly snapshot: Snapshot;
  readonly station: 'known' | 'created' | 'moved';
  readonly systemId: string;
}

/**
 * Reads, decides and writes some stations in one transaction. Whoever calls holds their locks. An error leaves
 * nothing written.
 *
 * After a connection lost during COMMIT nobody knows whether it happened: the caller gives the same snapshots again,
 * and writing them twice is writing them once (same rows, same time, same `from_live`).
 */
export async function writeTransaction(
  link: Link,
  context: WriteContext,
  rows: RowWriter,
  snapshots: readonly Snapshot[],
): Promise<Outcomes> {
  return link.transaction(async () => {
    const outcomes = new Map<Snapshot, WriteOutcome>();
    const accepted: Accepted[] = [];
    const stored = await readMarkets(
      link,
      snapshots.map(({ marketId }) => marketId),
    );
    for (const [snapshot, verdict] of await decide(link, context, snapshots, stored)) {
      if ('status' in verdict) outcomes.set(snapshot, verdict);
      else accepted.push(verdict);
    }
    const { leftOut, additions } = await admit(
      link,
      accepted.map(({ snapshot }) => snapshot),
      context.items,
      context.catalogue,
    );
    const written: (Accepted & { readonly admitted: Snapshot })[] = [];
    for (const one of accepted) {
      const admitted = withoutItems(one.snapshot, leftOut);
      if (typeof admitted === 'string') outcomes.set(one.snapshot, { status: 'invalid', reason: admitted });
      else written.push({ ...one, admitted });
    }
    for (const sql of insertItems(additions, context.maxStatementBytes)) await link.run(sql);
    await placeStations(link, rows, context, written);
    await writeRows(
      link,
      rows,
      written.map(({ admitted }) => admitted),
      stored,
      1,
    );
    for (const { snapshot, admitted, station } of written) {
      const lost = admitted === snapshot ? {} : leftOutOf(leftOut);
      outcomes.set(snapshot, { status: 'written', rows: rowCount(admitted), station, ...lost });
    }
    return outcomes;
  });
}

/** The write rule for each station; systems are looked up only for those that seem new or elsewhere. */
async function decide(
  link: Link,
  { hasOwnTables }: WriteContext,
  snapshots: readonly Snapshot[],
  markets: StoredMarkets,
): Promise<(readonly [Snapshot, WriteOutcome | Accepted])[]> {
  const owned = hasOwnTables
    ? await readOwn(
        link,
        snapshots.map(({ marketId }) => marketId),
      )
    : new Map<string, OwnState>();
  const stored = await readStations(link, snapshots, markets, owned);
  const systems = await findSystems(
    link,
    snapshots
      .filter(({ marketId, systemName }) => !sameName(systemName, stored.get(marketId)?.systemName ?? ''))
      .map(({ systemName }) => systemName),
  );
  return snapshots.map((snapshot) => {
    const station = stored.get(snapshot.marketId);
    const decision = decideWrite(snapshot, station, systems.get(nameKey(snapshot.systemName)) ?? []);
    if (!decision.write) return [snapshot, decision.outcome];
    return [snapshot, { snapshot, station: decision.station, systemId: decision.systemId }];
  });
}

async function readStations(
  link: Link,
  snapshots: readonly Snapshot[],
  markets: StoredMarkets,
  owned: ReadonlyMap<string, OwnState>,
): Promise<Map<number, StoredStation<string>>> {
  const rows = await link.rows(
    `SELECT st.station_id, st.name, st.system_id, sy.name, ${epochOf('st.modified')}
     FROM Station st LEFT JOIN System sy ON sy.system_id = st.system_id
     WHERE st.station_id IN (${snapshots.map(({ marketId }) => marketId).join()})`,
  );
  return new Map(
    rows.map(([id, name, systemId, systemName, modifiedS]) => [
      Number(id),
      {
        name: String(name),
        systemId: String(systemId),
        systemName: String(systemName ?? ''),
        placedS: owned.get(String(id))?.facts.system?.[1] ?? Number(modifiedS),
        newestAtS: markets.get(String(id))?.newestS ?? null,
      },
    ]),
  );
}

const STATION_COLUMNS = [
  ...['station_id', 'name', 'system_id', 'modified', 'ls_from_star', 'type_id', 'market', 'blackmarket'],
  ...['max_pad_size', 'shipyard', 'outfitting', 'rearm', 'refuel', 'repair', 'planetary'],
];

async function placeStations(
  link: Link,
  rows: RowWriter,
  { generation, hasOwnTables }: WriteContext,
  written: readonly Accepted[],
): Promise<void> {
  if (hasOwnTables) {
    const placed = written.filter(({ station }) => station !== 'known');
    await learnStations(
      link,
      { generation, rows },
      placed.map(({ snapshot: { marketId, stationName, observedAtS }, systemId }) => ({
        id: marketId,
        facts: marketFacts(stationName, systemId, observedAtS),
        create: true,
      })),
    );
    await settleVendors(
      link,
      { generation, rows },
      placed.map(({ snapshot: { marketId } }) => marketId),
    );
    return;
  }
  const { typeId, lsFromStar, market, flag } = NEW_STATION;
  const v13 = generation === 'v13';
  const fixed = `${lsFromStar},${typeId},'${market}'${`,'${flag}'`.repeat(8)}`;
  const created = written.filter(({ station }) => station === 'created');
  await rows.insert({
    table: 'Station',
    columns: v13 ? [...STATION_COLUMNS, 'lookup_name'] : STATION_COLUMNS,
    count: created.length,
    values: created.map(({ snapshot: { marketId, stationName, observedAtS }, systemId }) => {
      const lookup = v13 ? `,${text(lookupName(stationName))}` : '';
      return `${marketId},${text(stationName)},${systemId},'${formatTimestamp(observedAtS)}',${fixed}${lookup}`;
    }),
  });
  for (const { snapshot, station, systemId } of written) {
    if (station !== 'moved') continue;
    const modified = formatTimestamp(snapshot.observedAtS);
    await link.run(
      `UPDATE Station SET system_id = ${systemId}, modified = '${modified}' WHERE station_id = ${snapshot.marketId}`,
    );
  }
}
