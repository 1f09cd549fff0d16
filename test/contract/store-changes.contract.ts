import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { factsOf, RANK } from '../../src/domain/galaxy/facts.ts';
import type { Change, ChangeReader } from '../../src/domain/ports/store/changes.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { testApart } from '../support/apart.ts';
import { killChild, startChild } from '../support/child.ts';
import { SeededRandom } from '../support/random.ts';
import { times } from '../support/times.ts';
import {
  batch,
  DUMP_FUEL,
  importInto,
  market,
  station,
  stationRow,
  systemRow,
} from './store-galaxy-batches.ts';
import {
  FUEL,
  FUEL_ROW,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  STRANGER,
  SYSTEM,
  addStations,
  plant,
  snapshot,
  stamp,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const KEPT = { keepS: 86_400, keepEntries: 100_000 };

/** The change log, on whatever way something is written. */
export function changesContract(create: CreateDatabase): void {
  const world = useWorld(create);

  /** A store that keeps the log, on the world's database. */
  async function keeping(changeLog = KEPT): Promise<Store> {
    const store = world().db.store('auto', { changeLog });
    await store.beginChangeLog();
    return store;
  }

  const told = async (since = 0) =>
    ((await world().db.queries().changesSince(since, 1_000))?.changes ?? []).map(
      ({ kind, id, observedAtS, source }) => [kind, Number(id), observedAtS, source],
    );

  test('there is none before somebody asks for it', async () => {
    const { db, store } = world();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    expect(await db.queries().changesSince(0, 10)).toBeNull();
    const begun = await keeping();
    expect(await db.queries().changesSince(0, 10)).toMatchObject({ lastSeq: 0, changes: [] });
    expect(await begun.beginChangeLog()).toBe('there');
  });

  test('a store that keeps none writes nothing', async () => {
    const { store } = world();
    await keeping();
    expect(await store.beginChangeLog()).toBe('none');
    await store.writeMarkets([snapshot([GOLD_ROW]), snapshot([FUEL_ROW], STRANGER)]);
    await store.purge({ olderThanS: NOON_S + 1 });
    expect(await told()).toEqual([]);
  });

  test('its id stays with it, and goes with it', async () => {
    const { db } = world();
    await keeping();
    const logId = async () => (await db.queries().changesSince(0, 1))?.logId;
    const first = await logId();
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await logId()).toBe(first);
    for (const { name } of await ownTables()) await db.sql(`DROP TABLE ${name}`);
    await keeping();
    expect(await logId()).not.toBe(first);
  });

  async function ownTables() {
    const names = 'fact profile market waiting memory log change version'.split(' ');
    return Promise.resolve(names.map((name) => ({ name: `tdl_${name}` })));
  }

  test('markets: new, changed, cleared; what is stale is none', async () => {
    const store = await keeping();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    await store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S - 1 })]);
    await store.writeMarkets([snapshot([], { at: NOON_S + 1 })]);
    expect(await told()).toEqual([
      ['market', LINCOLN.marketId, NOON_S, 'live'],
      ['market', LINCOLN.marketId, NOON_S + 1, 'live'],
    ]);
  });

  test('an observation that is there already, as when several daemons hear it, is none', async () => {
    const store = await keeping();
    const [full, other, empty] = [snapshot([GOLD_ROW, FUEL_ROW]), snapshot([FUEL_ROW]), snapshot([])];
    const once = await store.writeMarkets([full]);
    expect(await store.writeMarkets([full]), 'and as good as written').toEqual(
      once.map((outcome) => ({ ...outcome, station: 'known' })),
    );
    expect(await told()).toHaveLength(1);
    // Of the same second, and not the same.
    await store.writeMarkets([other]);
    expect(await told()).toHaveLength(2);
    await store.writeMarkets([{ ...empty, observedAtS: NOON_S + 1 }]);
    await store.writeMarkets([{ ...empty, observedAtS: NOON_S + 1 }]);
    expect(await told()).toHaveLength(3);
    await store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S + 2 })]);
    expect(await told()).toHaveLength(4);
  });

  test('what another program has written is told of when it is heard here', async () => {
    const store = await keeping();
    await store.writeMarkets([snapshot([FUEL_ROW])]);
    await plant(world().db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S + 1));
    await store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S + 1 })]);
    expect(await told()).toHaveLength(2);
  });

  test('stations that a market makes or moves', async () => {
    const store = await keeping();
    await store.writeMarkets([snapshot([GOLD_ROW], STRANGER)]);
    await store.writeMarkets([snapshot([GOLD_ROW], { ...STRANGER, systemName: 'Sol', at: NOON_S + 1 })]);
    const { marketId } = STRANGER;
    expect(await told()).toEqual([
      ['station', marketId, NOON_S, 'live'],
      ['market', marketId, NOON_S, 'live'],
      ['station', marketId, NOON_S + 1, 'live'],
      ['market', marketId, NOON_S + 1, 'live'],
    ]);
  });

  test('what is learned; a station of which only the time moves is none', async () => {
    const store = await keeping();
    const docked = (atS: number, ls: number) => ({
      ...({ kind: 'station', id: LINCOLN.marketId } as const),
      facts: factsOf(RANK.tells, atS, { name: LINCOLN.stationName, system: SYSTEM.Sol, ls }),
    });
    await store.learn([
      { kind: 'system', id: 77n, name: 'Achenar', x: 1, y: 2, z: 3, observedAtS: NOON_S },
      docked(NOON_S, 505),
    ]);
    await store.learn([docked(NOON_S + 1, 505)]);
    await store.learn([docked(NOON_S + 2, 506)]);
    expect(await told()).toEqual([
      ['system', 77, NOON_S, 'learned'],
      ['station', LINCOLN.marketId, NOON_S, 'learned'],
      ['station', LINCOLN.marketId, NOON_S + 2, 'learned'],
    ]);
  });

  test('what a dump says: systems, stations, markets; nothing of what is no news', async () => {
    const store = await keeping();
    const dump = batch({
      systems: [systemRow({ id: 78n, name: 'Barnard' })],
      stations: [station({ row: stationRow(), market: market([DUMP_FUEL]) })],
    });
    await importInto(store, [dump]);
    await importInto(store, [dump]);
    expect(await told()).toEqual([
      ['system', 78, NOON_S, 'dump'],
      ['station', LINCOLN.marketId, NOON_S, 'dump'],
      ['market', LINCOLN.marketId, NOON_S, 'dump'],
    ]);
  });

  test('a log that begins during an import gets what the import still writes', async () => {
    const store = world().db.store('auto', { changeLog: KEPT });
    const running = await store.beginImport({
      commodities: null,
      rares: null,
      shipyard: null,
      outfitting: null,
    });
    await store.beginChangeLog();
    await running.apply(batch({ stations: [station({ market: market([DUMP_FUEL]) })] }));
    await running.close();
    expect(await told()).toEqual([['market', LINCOLN.marketId, NOON_S, 'dump']]);
  });

  test('rows that a purge or a repair takes', async () => {
    const { db } = world();
    const store = await keeping();
    await plant(db, LINCOLN.marketId, [GOLD_ROW, FUEL_ROW], stamp(NOON_S - 1));
    await plant(db, OUTPOST.marketId, [PLATINUM_ROW], stamp(NOON_S));
    await store.purge({ olderThanS: NOON_S, dryRun: true });
    await store.purge({ olderThanS: NOON_S });
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(4_000_000_000));
    await store.checkTimes({ repair: false });
    expect(await told(), 'looking is no change').toHaveLength(1);
    expect(await store.checkTimes({ repair: true })).toEqual({ rows: 1, names: 0 });
    expect(await told()).toEqual([
      ['market', LINCOLN.marketId, null, 'purge'],
      ['market', LINCOLN.marketId, null, 'repair'],
    ]);
  });

  test('what the database refuses is told no more than it is written', async () => {
    const { db } = world();
    const store = await keeping();
    await db.refuseRowsOf(OUTPOST.marketId);
    await store.writeMarkets([snapshot([GOLD_ROW], OUTPOST), snapshot([GOLD_ROW])]);
    const page = await db.queries().changesSince(0, 10);
    expect(page?.lastSeq).toBe(1);
    expect(page?.changes).toMatchObject([{ seq: 1, id: BigInt(LINCOLN.marketId) }]);
  });

  test('is read from where one stopped, some at a time', async () => {
    const store = await keeping();
    for (let i = 0; i < 5; i++) await store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S + i })]);
    const queries = world().db.queries();
    const seqs = async (since: number) =>
      (await queries.changesSince(since, 2))?.changes?.map(({ seq }) => seq);
    expect([await seqs(0), await seqs(2), await seqs(4), await seqs(5)]).toEqual([[1, 2], [3, 4], [5], []]);
    // A number nobody has been given yet is one of another log.
    expect(await queries.changesSince(6, 2)).toMatchObject({ lastSeq: 5, changes: null });
  });

  describe('is kept', () => {
    /** Enough for the oldest to be looked at, several times. */
    async function writeMany(store: Store): Promise<void> {
      const ids = Array.from({ length: 400 }, (_, i) => 1_000 + i);
      await addStations(
        world().db,
        ids.map((id) => [id, 'S', SYSTEM.Sol]),
      );
      for (let round = 0; round < 4; round++) {
        await store.writeMarkets(
          ids.map((marketId) => snapshot([GOLD_ROW], { marketId, stationName: 'S', at: NOON_S + round })),
        );
      }
    }

    test('so many entries, and no gap in them', async () => {
      await writeMany(await keeping({ keepS: 86_400, keepEntries: 300 }));
      const queries = world().db.queries();
      expect(await queries.changesSince(0, 10)).toMatchObject({ lastSeq: 1_600, changes: null });
      const [{ first } = {}] = await world().db.sql('SELECT min(seq) AS first FROM tdl_change');
      // What is beyond goes when some more have come.
      expect(Number(first)).toBeGreaterThan(1_600 - 300 - 1_000);
      const kept = (await queries.changesSince(Number(first) - 1, 2_000))?.changes ?? [];
      expect(kept.map(({ seq }) => seq)).toEqual(
        Array.from({ length: kept.length }, (_, i) => Number(first) + i),
      );
      expect(kept.at(-1)?.seq).toBe(1_600);
    });

    test('so long', async () => {
      const store = await keeping({ keepS: 3_600, keepEntries: 100_000 });
      await store.writeMarkets([snapshot([GOLD_ROW]), snapshot([GOLD_ROW], OUTPOST)]);
      await world().db.sql('UPDATE tdl_change SET written_s = written_s - 4000 WHERE seq = 1');
      await writeMany(store);
      const queries = world().db.queries();
      expect((await queries.changesSince(0, 1))?.changes).toBeNull();
      expect((await queries.changesSince(1, 1))?.changes).toMatchObject([{ seq: 2 }]);
    });
  });

  testApart(
    'several writers, killed at random: who has seen n never sees n - 1 appear',
    async () => {
      const { db } = world();
      await keeping();
      const stationIds = Array.from({ length: 20 }, (_, i) => 2_000 + i);
      await addStations(
        db,
        stationIds.map((id) => [id, `Station ${id}`, SYSTEM.Sol]),
      );
      const target = { ...db.target, changeLog: KEPT, itemIds: [GOLD, FUEL], stationIds };
      const random = new SeededRandom(7);
      const children = await Promise.all([1, 2, 3].map((seed) => startWriter(target, seed)));
      const reader = db.queries();
      try {
        const seen: Change[] = [];
        let kills = 0;
        const done = () => kills >= times(4, 6) && seen.length > 300;
        const reading = (async () => {
          while (!done()) {
            await readOn(reader, seen);
            await sleep(2);
          }
        })();
        while (!done()) {
          await sleep(random.integer(50, 400));
          const at = random.integer(0, children.length - 1);
          const next = startWriter(target, 10 + kills);
          await killChild(children[at]!);
          kills++;
          children[at] = await next;
        }
        await reading;
      } finally {
        await Promise.all(children.map(killChild));
      }
      const rows = await db.sql('SELECT seq FROM tdl_change ORDER BY seq');
      expect(rows.map(({ seq }) => Number(seq))).toEqual(rows.map((_, i) => i + 1));
      const [{ seq: last } = {}] = await db.sql('SELECT seq FROM tdl_log');
      expect(Number(last)).toBe(rows.length);
      // Each market's newest entry is of what is stored.
      const newest = await db.sql(
        `SELECT c.id, c.observed_s, (SELECT max(modified) FROM StationItem si WHERE si.station_id = c.id) AS stored
         FROM tdl_change c
         JOIN (SELECT max(seq) AS seq FROM tdl_change WHERE kind = 'market' GROUP BY id) newest
           ON newest.seq = c.seq`,
      );
      expect(newest.length).toBe(stationIds.length);
      for (const { observed_s: observedS, stored } of newest) {
        expect(new Date(Number(observedS) * 1000).toISOString().slice(0, 19)).toBe(
          stored?.slice(0, 19).replace(' ', 'T'),
        );
      }
    },
    60_000,
  );
}

/** Every number that comes is the one after the last. */
async function readOn(reader: ChangeReader, seen: Change[]): Promise<void> {
  const lastSeq = seen.at(-1)?.seq ?? 0;
  const changes = (await reader.changesSince(lastSeq, 40))?.changes;
  expect(changes?.map(({ seq }) => seq)).toEqual(changes?.map((_, i) => lastSeq + 1 + i));
  seen.push(...(changes ?? []));
}

function startWriter(target: object, seed: number) {
  const script = new URL('../support/writing-child.ts', import.meta.url).pathname;
  return startChild(script, JSON.stringify(target), String(seed));
}
