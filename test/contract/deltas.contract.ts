import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { DeltaFollower, readIndex } from '../support/delta-follower.ts';
import { SeededRandom } from '../support/random.ts';
import { tempDir } from '../support/temp-dir.ts';
import { HOUR_MS, sorted, START_MS, startPublisher, type Publisher } from './deltas-world.ts';
import { batch, DUMP_FUEL, importInto, market, station, stationRow } from './store-galaxy-batches.ts';
import {
  FUEL_ROW,
  GOLD_ROW,
  NOON_S,
  PLATINUM_ROW,
  SYSTEM,
  addStations,
  plant,
  snapshot,
  stamp,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const FOLLOW_PY = fileURLToPath(new URL('../../docs/examples/follow.py', import.meta.url));

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('skipped: following the deltas in Python needs python3');
    return false;
  }
})();

/** Deltas of a store: gapless, whole, and enough for a reader to have what the database has. */
export function deltasContract(create: CreateDatabase): void {
  const world = useWorld(create);

  const publisher = () => startPublisher(world().db);
  /** What is on the shelf, in the order of names. */
  const shelf = ({ deltasDir }: Publisher) => readdirSync(deltasDir).sort();
  const index = ({ exportDir }: Publisher) => readIndex(exportDir);

  /** What an independent program has after it has followed. */
  function python(exportDir: string, file: string): string[][] {
    execFileSync('python3', [FOLLOW_PY, file], { env: { ...process.env, TDL_FILES: exportDir } });
    using db = new DatabaseSync(file);
    const rows = db.prepare('SELECT * FROM listing ORDER BY station_id, commodity_id').all();
    return rows.map((row) => Object.values(row).map(String));
  }

  test('a day and a half in the life: whoever begins with any full file ends with what the database says', async () => {
    const { db } = world();
    const ids = Array.from({ length: 15 }, (_, i) => 4_000 + i);
    await addStations(
      db,
      ids.map((id) => [id, `Station ${id}`, SYSTEM.Sol]),
    );
    for (const id of ids.slice(0, 5)) await plant(db, id, [GOLD_ROW], stamp(NOON_S - 50_000));
    const publishing = await publisher();
    const { store, exportDir } = publishing;
    const random = new SeededRandom(3);
    await publishing.run();
    await publishing.publishFull();
    /** Some come every hour, some only at times, some late. */
    const readers = [new DeltaFollower(exportDir).follow(), new DeltaFollower(exportDir).follow()];
    const copy = join(tempDir(), 'copy.db');
    for (let hour = 0; hour < 36; hour += 2) {
      for (let step = random.integer(0, 5); step > 0; step--) {
        const id = random.pick(ids);
        const atS = NOON_S + hour * 3_600 + step;
        const named = { marketId: id, stationName: `Station ${id}`, systemName: 'Sol', at: atS };
        const rows = [GOLD_ROW, FUEL_ROW, PLATINUM_ROW].filter(() => random.chance(0.6));
        const at = random.integer(0, 5);
        if (at === 0) await store.writeMarkets([snapshot([], named)]);
        else if (at === 1) await store.purge({ olderThanS: NOON_S + (hour - 6) * 3_600 });
        else if (at === 2)
          await store.writeMarkets([snapshot([GOLD_ROW], { ...named, systemName: 'Alioth' })]);
        else if (at === 3) {
          const row = stationRow({
            name: named.stationName,
            systemId: BigInt(SYSTEM.Alioth),
            modifiedS: atS,
          });
          const stations = [station({ id: BigInt(id), row, market: market([DUMP_FUEL], atS) })];
          await importInto(store, [batch({ stations })]);
        } else if (rows.length > 0) await store.writeMarkets([snapshot(rows, named)]);
      }
      publishing.nowMs += 2 * HOUR_MS;
      await publishing.run();
      if (hour % 12 === 6) await publishing.publishFull();
      readers[0]!.follow();
      if (hour % 8 === 0) readers.push(new DeltaFollower(exportDir).follow());
      if (hasPython && hour % 18 === 0) python(exportDir, copy);
    }
    publishing.nowMs += HOUR_MS;
    await publishing.run();
    const expected = sorted(await publishing.database());
    expect(expected.length).toBeGreaterThan(5);
    const systems = await db.sql('SELECT station_id, system_id FROM Station');
    for (const reader of readers) {
      expect(sorted(reader.follow().listings)).toEqual(expected);
      expect(reader.begun).toBe(1);
      const places = new Map(systems.map((row) => [row.station_id!, row.system_id!]));
      for (const [id, systemId] of reader.places) expect([id, places.get(id)]).toEqual([id, systemId]);
    }
    // Everybody who moved is among those the first reader was told of.
    const moved = systems.filter((row) => row.system_id !== SYSTEM.Sol && Number(row.station_id) < 5_000);
    expect(moved.length).toBeGreaterThan(0);
    for (const { station_id: id } of moved) expect(readers[0]!.places.has(id!)).toBe(true);
    if (hasPython) {
      const lines = expected.flatMap(([, text]) => text.split('\n').map((line) => line.split(',')));
      expect(python(exportDir, copy)).toEqual(lines);
      expect(python(exportDir, join(tempDir(), 'new.db'))).toEqual(lines);
    }
    const { deltas, from, to } = index(publishing);
    expect(from.seq).toBe(0);
    for (const kind of ['hourly', 'daily']) {
      const chain = deltas.filter((delta) => delta.kind === kind);
      expect(chain.length).toBeGreaterThan(0);
      chain.slice(1).forEach((delta, i) => expect(delta.from.seq).toBe(chain[i]!.to.seq));
    }
    expect(to.seq).toBe(deltas.findLast(({ kind }) => kind === 'hourly')!.to.seq);
  }, 120_000);

  test('nothing is made before an hour is over, and nothing of an hour in which nothing was written', async () => {
    const publishing = await publisher();
    expect(await publishing.run()).toEqual([]);
    expect(index(publishing)).toMatchObject({ from: { seq: 0 }, to: { seq: 0 }, deltas: [] });
    await publishing.store.writeMarkets([snapshot([GOLD_ROW])]);
    publishing.nowMs = START_MS + 36 * 60_000;
    expect(await publishing.run()).toEqual([]);
    publishing.nowMs = START_MS + 37 * 60_000;
    expect(await publishing.run()).toMatchObject([
      { kind: 'hourly', delta: { fromSeq: 0, toSeq: 1, rows: 1, stations: 1, emptied: 0 }, isBroken: false },
    ]);
    const before = shelf(publishing);
    expect(before).toEqual(
      ['csv.gz', 'csv.zst', 'json']
        .map((ending) => `hourly-20261128T190000Z-1.${ending}`)
        .concat('index.json'),
    );
    publishing.nowMs += HOUR_MS;
    expect(await publishing.run()).toEqual([{ kind: 'hourly', delta: null, isBroken: false }]);
    expect(shelf(publishing)).toEqual(before);
    expect(index(publishing).to).toEqual({ seq: 1, at: '2026-11-28T20:00:00.000Z' });
    // What a clock that was set back has made late is made at once.
    publishing.nowMs -= 5 * HOUR_MS;
    await publishing.store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S + 1 })]);
    expect(await publishing.run()).toMatchObject([{ delta: { fromSeq: 1, toSeq: 2 } }]);
  });

  test('where one of its files cannot be put a delta has no manifest, and is made when it can', async () => {
    const publishing = await publisher();
    const { store } = publishing;
    await publishing.run();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    publishing.nowMs = START_MS + 37 * 60_000;
    const inTheWay = join(publishing.deltasDir, 'hourly-20261128T190000Z-1.csv.zst');
    const write = store.exportChanges.bind(store);
    const blocking = vi.spyOn(store, 'exportChanges').mockImplementation((...args) => {
      mkdirSync(join(inTheWay, 'something'), { recursive: true });
      return write(...args);
    });
    await expect(publishing.run()).rejects.toThrow('cannot be a file');
    blocking.mockRestore();
    expect(shelf(publishing).filter((name) => /^hourly.*json$/.test(name))).toEqual([]);
    expect(index(publishing).deltas).toEqual([]);
    rmSync(inTheWay, { recursive: true });
    expect(await publishing.run()).toMatchObject([{ delta: { fromSeq: 0, toSeq: 1 } }]);
  });

  test('a full file from which nothing leads on is taken back, and so made again', async () => {
    const publishing = await publisher();
    const { store, full, exportDir } = publishing;
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    await publishing.publishFull();
    expect(await full.missing()).toEqual([]);
    // The deltas begin later than it.
    await store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S + 1 })]);
    await publishing.run();
    expect(await full.missing()).toEqual([join(exportDir, 'listings.manifest.json')]);
    await publishing.publishFull();
    await publishing.run();
    expect(await full.missing()).toEqual([]);
    expect(await full.base()).toMatchObject({ seq: 2 });
    // Another program has put a file of its own there.
    writeFileSync(join(exportDir, 'listings.csv'), 'id,station_id\n');
    expect(await full.base()).toBeNull();
    await publishing.publishFull();
    rmSync(join(exportDir, 'listings.csv.zst'));
    expect(await full.missing()).toHaveLength(1);
  });

  test('a log that does not reach back, or is another one: all begins anew, and says so', async () => {
    const { db } = world();
    const publishing = await publisher();
    const { store, full, exportDir } = publishing;
    const write = (at: number) => store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S + at })]);
    await write(0);
    await publishing.run();
    await publishing.publishFull();
    const reader = new DeltaFollower(exportDir).follow();
    const nextHour = async () => {
      publishing.nowMs += HOUR_MS;
      return publishing.run();
    };
    await write(1);
    await nextHour();
    reader.follow();

    await write(2);
    await write(3);
    await db.sql('DELETE FROM tdl_change WHERE seq <= 3');
    await write(4);
    expect(await nextHour()).toMatchObject([{ kind: 'hourly', delta: null, isBroken: true }]);
    expect(index(publishing)).toMatchObject({ from: { seq: 5 }, to: { seq: 5 }, deltas: [] });
    expect(shelf(publishing)).toEqual(['index.json']);
    expect(await full.missing()).toHaveLength(1);
    await publishing.publishFull();
    expect(sorted(reader.follow().listings)).toEqual(sorted(await publishing.database()));
    expect(reader.begun).toBe(2);

    await db.sql(`UPDATE tdl_log SET log_id = 'another'`);
    await write(5);
    await publishing.run();
    expect(index(publishing)).toMatchObject({ logId: 'another', from: { seq: 6 }, deltas: [] });
    expect(await full.missing()).toHaveLength(1);
    await publishing.publishFull();
    reader.follow();
    expect([reader.begun, reader.logId]).toEqual([3, 'another']);

    // As after a backup was restored.
    await write(6);
    await nextHour();
    await db.sql('DELETE FROM tdl_change WHERE seq > 4');
    await db.sql('UPDATE tdl_log SET seq = 4');
    await publishing.run();
    expect(index(publishing)).toMatchObject({ from: { seq: 4 }, to: { seq: 4 }, deltas: [] });
    expect(await full.missing()).toHaveLength(1);
  });

  test('what a kill has left is taken away, or gone on from', async () => {
    const publishing = await publisher();
    const { store, deltasDir } = publishing;
    await publishing.run();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    const before = readFileSync(join(deltasDir, 'index.json'));
    publishing.nowMs += HOUR_MS;
    await publishing.run();
    const whole = shelf(publishing);
    // Killed when the manifest was there and the index not yet.
    writeFileSync(join(deltasDir, 'index.json'), before);
    expect(await publishing.run()).toEqual([]);
    expect(index(publishing).deltas).toMatchObject([{ from: { seq: 0 }, to: { seq: 1 } }]);
    expect(shelf(publishing)).toEqual(whole);
    // Killed before the manifest; and while temporary files were written.
    for (const name of ['hourly-20261128T200000Z-9.csv.gz', '.hourly.csv.tmp-0', '.index.json.tmp-1']) {
      writeFileSync(join(deltasDir, name), 'half');
    }
    await publishing.run();
    expect(shelf(publishing)).toEqual(whole);
    // An index that says nothing is made again from what is there.
    writeFileSync(join(deltasDir, 'index.json'), '{"version":1');
    await store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S + 1 })]);
    publishing.nowMs += HOUR_MS;
    expect(await publishing.run()).toMatchObject([{ delta: { fromSeq: 1, toSeq: 2 } }]);
  });
}
