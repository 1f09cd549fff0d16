import { nameKey } from '../../../../domain/names.ts';
import { newestFactS } from '../../../../domain/galaxy/facts.ts';
import type { NoteChange } from '../../../../domain/ports/store/changes.ts';
import { newer } from '../../../../domain/galaxy/gathered.ts';
import type {
  GalaxyRecord,
  MarketRecord,
  StationRecord,
  SystemRecord,
  VendorRecord,
} from '../../../../domain/galaxy/records.ts';
import { lookupName, type Generation } from '../../../../domain/generation.ts';
import type { Log } from '../../../../domain/ports/log.ts';
import { believedS } from '../../../../domain/market/write-rule.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { BulkWriter, type Loading } from '../bulk.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Link } from '../connection.ts';
import { underLocks, type LockTuning } from '../markets/locks.ts';
import type { Refusal, RefusalLog } from '../../shared/refusals.ts';
import { refusalOf } from '../errors.ts';
import { writeApart, type ApartOptions } from '../write-apart.ts';
import { epochOf, orUpdate, statements, text } from '../sql.ts';
import { learnStations, type StatesSetup } from './station-states.ts';
import { learnVendors, settleVendors } from './waiting-vendors.ts';

export interface LearnSetup {
  readonly link: Link;
  readonly generation: Generation;
  /** Nobody has observed anything later, epoch seconds. */
  readonly notAfterS: number;
  readonly maxStatementBytes: number;
  readonly changes: ChangeLog;
  readonly loading: Loading;
  readonly lock: LockTuning;
  readonly refusals: RefusalLog;
  readonly log: Log | undefined;
}

export interface LearnedRecords {
  readonly systems: readonly string[];
  readonly deferred: readonly GalaxyRecord[];
}

/** Writes records: systems first, then each station under its lock (domain/ports/learning-store.ts). */
export async function learn(setup: LearnSetup, records: readonly GalaxyRecord[]): Promise<LearnedRecords> {
  const { link, generation, notAfterS, maxStatementBytes, loading, changes } = setup;
  const kinds = Object.groupBy(records, ({ kind }) => kind) as {
    [Kind in GalaxyRecord['kind']]?: Extract<GalaxyRecord, { kind: Kind }>[];
  };
  const refused: Refusal[] = [];
  const deferred: GalaxyRecord[] = [];
  const giveUp: ApartOptions<GalaxyRecord>['giveUp'] = (record, fault, error) => {
    if (fault === 'deadlock' || fault === 'lockWait') deferred.push(record);
    else refused.push(refusalOf(`${record.kind} ${record.id}`, error));
  };

  const names: string[] = [];
  const systems = (kinds.system ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  const writeSome = async (some: readonly SystemRecord[]) => {
    names.push(...(await learnSystems(setup, some)));
  };
  await writeApart({ ...setup, write: writeSome, giveUp }, systems);

  const bulk = new BulkWriter(link, maxStatementBytes, loading);
  const options: ApartOptions<StationRecord | VendorRecord> = {
    ...setup,
    write: (some) =>
      bulk.run((rows) =>
        changes.transaction(link, (note) =>
          writeSomeStations(link, { generation, notAfterS, rows }, some, note),
        ),
      ),
    giveUp,
  };
  const told = [...(kinds.station ?? []), ...(kinds.vendor ?? [])].sort((a, b) => a.id - b.id);
  const busy = await underLocks(
    {
      link,
      idOf: ({ id }) => id,
      rowsOf: (record) => (record.kind === 'vendor' ? record.goods.split(',').length : 1),
      run: async (held: readonly (StationRecord | VendorRecord)[]) => {
        await writeApart(options, held);
        return [];
      },
    },
    told,
    0,
  );
  deferred.push(...busy);

  const markets = (kinds.market ?? []).sort((a, b) => a.id - b.id);
  await writeApart(
    { ...setup, write: (some: readonly MarketRecord[]) => countMarkets(setup, some), giveUp },
    markets,
  );
  setup.refusals.tell(refused);
  return { systems: names, deferred };
}

async function writeSomeStations(
  link: Link,
  setup: StatesSetup,
  some: readonly (StationRecord | VendorRecord)[],
  note: NoteChange,
): Promise<void> {
  const stations = some.filter((record) => record.kind === 'station');
  const changed = await learnStations(link, setup, stations);
  const facts = new Map<number | bigint, StationRecord['facts']>(
    stations.map((each) => [each.id, each.facts]),
  );
  for (const { id, isNews } of changed) {
    if (isNews) note('station', id, newestFactS(facts.get(id) ?? {}), 'learned');
  }
  await learnVendors(
    link,
    setup,
    some.filter((record) => record.kind === 'vendor'),
  );
  await settleVendors(
    link,
    setup,
    stations.map(({ id }) => id),
  );
}

/** @returns names that are new */
async function learnSystems(
  { link, generation, maxStatementBytes, notAfterS, changes }: LearnSetup,
  systems: readonly SystemRecord[],
): Promise<string[]> {
  const v13 = generation === 'v13';
  return changes.transaction(link, async (note) => {
    // Systems have no locks of their own.
    const found = await link.rows(
      `SELECT system_id, name, CAST(pos_x AS DOUBLE), CAST(pos_y AS DOUBLE), CAST(pos_z AS DOUBLE), ${epochOf('modified')}
       FROM System WHERE system_id IN (${systems.map(({ id }) => id).join()}) FOR UPDATE`,
    );
    const stored = new Map(
      found.map(([id, name, x, y, z, observedAtS]) => [
        String(id),
        {
          name: String(name),
          x: Number(x),
          y: Number(y),
          z: Number(z),
          observedAtS: believedS(Number(observedAtS), notAfterS) ?? -1,
        },
      ]),
    );
    const changed = systems.filter((system) => {
      const before = stored.get(String(system.id));
      return before === undefined || newer<Omit<SystemRecord, 'kind' | 'id'>>(system, before) !== before;
    });
    const columns = ['name', 'pos_x', 'pos_y', 'pos_z', 'modified', ...(v13 ? ['lookup_name'] : [])];
    const values = changed.map(({ id, name, x, y, z, observedAtS }) => {
      const lookup = v13 ? `,${text(lookupName(name))}` : '';
      return `(${id},${text(name)},${x},${y},${z},'${formatTimestamp(observedAtS)}'${lookup})`;
    });
    const head = `INSERT INTO System (system_id, ${columns.join()}) VALUES `;
    for (const sql of statements(head, values, orUpdate(columns), maxStatementBytes)) await link.run(sql);
    for (const { id, observedAtS } of changed) note('system', id, observedAtS, 'learned');
    return changed
      .filter(({ id, name }) => nameKey(stored.get(String(id))?.name ?? '') !== nameKey(name))
      .map(({ name }) => name);
  });
}

async function countMarkets(
  { link, maxStatementBytes }: LearnSetup,
  markets: readonly MarketRecord[],
): Promise<void> {
  const values = markets.map(
    ({ id, software, observedAtS, updates }) => `(${id},${text(software)},${observedAtS},${updates})`,
  );
  // Assigned in this order: the software looks at the time before it is moved.
  const tail = ` ON DUPLICATE KEY UPDATE updates = updates + VALUES(updates),
    software = IF((VALUES(observed_s), VALUES(software)) > (observed_s, software), VALUES(software), software),
    observed_s = GREATEST(observed_s, VALUES(observed_s))`;
  const head = 'INSERT INTO tdl_market (station_id, software, observed_s, updates) VALUES ';
  await link.transaction(async () => {
    for (const sql of statements(head, values, tail, maxStatementBytes)) await link.run(sql);
  });
}
