import { nameKey } from '../../../../domain/names.ts';
import type { Commodity } from '../../../../domain/market/catalogue.ts';
import { lookupName, NEW_STATION, type Generation } from '../../../../domain/generation.ts';
import type { WriteOutcome } from '../../../../domain/market/outcome.ts';
import { rowCount, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { isCarrier, marketFacts, type OwnState } from '../../../../domain/galaxy/stations/station-state.ts';
import {
  decideWrite,
  sameName,
  type StoredStation,
  type WriteDecision,
} from '../../../../domain/market/write-rule.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { leftOutOf, withoutItems } from '../../shared/seed-items.ts';
import type { RowWriter } from '../bulk.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Link } from '../connection.ts';
import { learnStations, readOwn } from '../galaxy/station-states.ts';
import { settleVendors } from '../galaxy/waiting-vendors.ts';
import { changeMemory, readMemory, type MemoryChange } from '../galaxy/memory.ts';
import { admit, insertItems, type Items } from './items.ts';
import type { PriceWriter } from './prices.ts';
import { isStored, readMarkets, writeRows, type StoredMarkets } from './rows.ts';
import { epochOf, text } from '../sql.ts';
import { findSystems } from './systems.ts';

/** What the writer knows of the database. */
export interface WriteContext {
  readonly generation: Generation;
  readonly maxStatementBytes: number;
  readonly hasOwnTables: boolean;
  readonly changes: ChangeLog;
  readonly prices: PriceWriter;
  /** Nobody has observed anything later, epoch seconds. */
  readonly notAfterS: number;
  readonly catalogue: ReadonlyMap<number, Commodity>;
  /** As they are before. */
  readonly items: Items;
}

export type Outcomes = ReadonlyMap<Snapshot, WriteOutcome>;

type Decision = WriteDecision<string>;
type Accepted = Extract<Decision, { write: true }> & { readonly snapshot: Snapshot };

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
  return context.changes.transaction(link, async (note) => {
    const outcomes = new Map<Snapshot, WriteOutcome>();
    const accepted: Accepted[] = [];
    const stored = await readMarkets(
      link,
      snapshots.map(({ marketId }) => marketId),
    );
    const changes: MemoryChange[] = [];
    for (const [snapshot, decision] of await decide(link, context, snapshots, stored)) {
      if (decision.write) {
        accepted.push({ ...decision, snapshot });
      } else {
        outcomes.set(snapshot, decision.outcome);
        changes.push({ ...decision, stationId: snapshot.marketId });
      }
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
    changes.push(...written.map((one) => ({ ...one, stationId: one.snapshot.marketId })));
    if (context.hasOwnTables) await changeMemory(link, rows, changes);
    for (const sql of insertItems(additions, context.maxStatementBytes)) await link.run(sql);
    await placeStations(link, rows, context, written);
    const news = await withoutStored(
      link,
      context,
      stored,
      written.map(({ admitted }) => admitted),
    );
    await writeRows(link, rows, news, stored, 1);
    if (context.hasOwnTables) await context.prices.write(rows, news);
    for (const { snapshot, admitted, station } of written) {
      const lost = admitted === snapshot ? {} : leftOutOf(leftOut);
      if (station !== 'known') note('station', snapshot.marketId, snapshot.observedAtS, 'live');
      if (news.includes(admitted)) note('market', snapshot.marketId, snapshot.observedAtS, 'live');
      outcomes.set(snapshot, { status: 'written', rows: rowCount(admitted), station, ...lost });
    }
    return outcomes;
  });
}

/** An observation that is there already costs a look: another daemon, or an earlier try, has written it. */
async function withoutStored(
  link: Link,
  { hasOwnTables, prices }: WriteContext,
  stored: StoredMarkets,
  markets: readonly Snapshot[],
): Promise<Snapshot[]> {
  const same = markets.filter((market) => isStored(market, stored));
  // What another program has written the change log does not know.
  const ours = hasOwnTables ? await prices.written(link, same) : null;
  const isThere = ({ marketId }: Snapshot) => ours === null || ours.has(String(marketId));
  return markets.filter((market) => !(same.includes(market) && isThere(market)));
}

/** The write rule for each station; systems are looked up only for those that seem new or elsewhere. */
async function decide(
  link: Link,
  context: WriteContext,
  snapshots: readonly Snapshot[],
  markets: StoredMarkets,
): Promise<(readonly [Snapshot, Decision])[]> {
  const { hasOwnTables, notAfterS } = context;
  const ids = snapshots.map(({ marketId }) => marketId);
  const owned = hasOwnTables ? await readOwn(link, ids) : new Map<string, OwnState>();
  const memory = hasOwnTables ? await readMemory(link, ids) : null;
  const stored = await readStations(link, context, snapshots, markets, owned);
  const systems = await findSystems(
    link,
    snapshots
      .filter(({ marketId, systemName }) => !sameName(systemName, stored.get(marketId)?.systemName ?? ''))
      .map(({ systemName }) => systemName),
  );
  return snapshots.map((snapshot) => {
    const station = stored.get(snapshot.marketId);
    const decision = decideWrite(snapshot, {
      ...{ station, notAfterS, systems: systems.get(nameKey(snapshot.systemName)) ?? [] },
      memory: memory && (memory.get(String(snapshot.marketId)) ?? {}),
    });
    return [snapshot, decision];
  });
}

async function readStations(
  link: Link,
  { generation }: WriteContext,
  snapshots: readonly Snapshot[],
  markets: StoredMarkets,
  owned: ReadonlyMap<string, OwnState>,
): Promise<Map<number, StoredStation<string>>> {
  const rows = await link.rows(
    `SELECT st.station_id, st.name, st.system_id, sy.name, ${epochOf('st.modified')}, st.type_id
     FROM Station st LEFT JOIN System sy ON sy.system_id = st.system_id
     WHERE st.station_id IN (${snapshots.map(({ marketId }) => marketId).join()})`,
  );
  return new Map(
    rows.map(([id, name, systemId, systemName, modifiedS, typeId]) => [
      Number(id),
      {
        name: String(name),
        systemId: String(systemId),
        systemName: String(systemName ?? ''),
        isCarrier: isCarrier(Number(typeId), generation),
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
  { generation, hasOwnTables, notAfterS }: WriteContext,
  written: readonly Accepted[],
): Promise<void> {
  if (hasOwnTables) {
    const placed = written.filter(({ station }) => station !== 'known');
    await learnStations(
      link,
      { generation, notAfterS, rows },
      placed.map(({ snapshot: { marketId, stationName, observedAtS }, systemId, isRenamed }) => ({
        id: marketId,
        facts: marketFacts(stationName, systemId, observedAtS, isRenamed),
        create: true,
      })),
    );
    await settleVendors(
      link,
      { generation, notAfterS, rows },
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
