import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { exportingAtReplica } from '../../src/infra/store/mariadb/export/at-replica.ts';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import {
  addSol,
  addStations,
  COMMODITIES,
  GOLD_ROW,
  NOON_S,
  plant,
  stamp,
  SYSTEM,
} from '../contract/store-world.ts';
import { tempDir } from '../support/temp-dir.ts';
import { storeThreadsHere } from '../support/threads-here.ts';

storeThreadsHere();

/** A real store with one station, whose name tells which it is. */
async function storeNamed(name: string) {
  const db = await createSqliteDatabase(join(tempDir(), `${name}.db`));
  onTestFinished(() => db.dispose());
  const store = db.store('v12', { changeLog: { keepS: 86_400, keepEntries: 1_000 } });
  await store.useCatalogue(COMMODITIES);
  await store.beginChangeLog();
  await addSol(db);
  await addStations(db, [[7, name, SYSTEM.Sol]]);
  await plant(db, 7, [GOLD_ROW], stamp(NOON_S), name === 'primary' ? 1 : 0);
  return { store, db };
}

/** Exports of one store, or of another where the replica has all. */
async function world(hasAll: boolean | (() => Promise<boolean>) = true) {
  const [primary, replica] = [await storeNamed('primary'), await storeNamed('replica')];
  const told: string[] = [];
  const note = (level: string) => (_: object, line: string) => void told.push(`${level} ${line}`);
  let closed = 0;
  const followed = {
    hasAll: typeof hasAll === 'boolean' ? () => Promise.resolve(hasAll) : hasAll,
    close: () => Promise.resolve().then(() => void (closed += 1)),
  };
  const store = exportingAtReplica(primary.store, replica.store, followed, {
    ...{ debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
  });
  /** Of which the set is. */
  const setFrom = async (signal?: AbortSignal) => {
    let text = '';
    await store.exportSet(
      (file) => (chunk) => {
        if (file === 'Station') text += Buffer.from(chunk).toString();
        return Promise.resolve();
      },
      signal,
      'tables',
    );
    return /'(primary|replica)'/.exec(text)?.[1];
  };
  const breakReplica = () => replica.db.sql('ALTER TABLE StationItem RENAME TO Gone');
  return { store, primary, replica, told, setFrom, breakReplica, timesClosed: () => closed };
}

const HERE = 'warn exports: read from the server that is written to: ';

test('what a replica has is read there, and that is not told as long as it is so', async () => {
  const { setFrom, told, store } = await world();
  expect(await setFrom()).toBe('replica');
  let live = '';
  const sink = (chunk: Uint8Array) => Promise.resolve(void (live += Buffer.from(chunk).toString()));
  expect(await store.exportListings('live', sink)).toEqual({ rows: 0, stations: 0 });
  expect(live).toContain('station_id');
  expect(await store.exportListings('all', sink)).toEqual({ rows: 1, stations: 1 });
  const { logId } = (await store.changePosition())!;
  expect(await store.exportChanges({ logId, seq: 0 }, sink), 'of its own log').toBeNull();
  expect(told).toEqual([]);
});

test('what it does not have in time is read where it is written; told once, and when that is over', async () => {
  let isThere = false;
  const { setFrom, told, store } = await world(() => Promise.resolve(isThere));
  expect(await setFrom()).toBe('primary');
  expect(await setFrom()).toBe('primary');
  expect(await store.exportListings('live', () => Promise.resolve())).toEqual({ rows: 1, stations: 1 });
  const { logId } = (await store.changePosition())!;
  expect(await store.exportChanges({ logId, seq: 0 }, () => Promise.resolve())).not.toBeNull();
  expect(told).toEqual([`${HERE}the replica lags, or does not answer`]);
  isThere = true;
  expect(await setFrom()).toBe('replica');
  expect(await setFrom()).toBe('replica');
  expect(told.slice(1)).toEqual(['info exports: read from the replica']);
});

test('a replica that fails before anything of it was read is passed over, and it is said why', async () => {
  const { store, told, breakReplica } = await world();
  await breakReplica();
  const chunks: Uint8Array[] = [];
  const sink = (chunk: Uint8Array) => Promise.resolve(void chunks.push(chunk));
  expect(await store.exportListings('live', sink)).toEqual({ rows: 1, stations: 1 });
  expect(
    Buffer.concat(chunks)
      .toString()
      .match(/station_id/g),
    'one file',
  ).toHaveLength(1);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^warn exports: read from the server that is written to: .*StationItem/);
});

test.each(['exportListings', 'exportSet', 'exportChanges'] as const)(
  '%s that fails half-way has failed: what was told of it is not told again',
  async (what) => {
    const { store, replica, told } = await world();
    const failure = new Error('no room');
    let opened = 0;
    const sink = () => Promise.reject(failure);
    const { logId } = (await replica.store.changePosition())!;
    const exported =
      what === 'exportListings'
        ? store.exportListings('all', sink)
        : what === 'exportChanges'
          ? store.exportChanges({ logId, seq: 0 }, sink)
          : store.exportSet(() => {
              opened++;
              return sink;
            });
    await expect(exported).rejects.toBe(failure);
    expect(opened).toBeLessThanOrEqual(1);
    expect(told).toEqual([]);
  },
);

test('whoever does not want it any more gets it from neither', async () => {
  const abort = new AbortController();
  const waiting = await world(() => {
    abort.abort(new Error('enough'));
    return Promise.resolve(false);
  });
  await expect(waiting.setFrom(abort.signal)).rejects.toThrow('enough');
  expect(waiting.told).toEqual([]);

  const begun = new AbortController();
  const { setFrom, told } = await world(() => {
    // While it is read.
    setImmediate(() => begun.abort());
    return Promise.resolve(true);
  });
  await setFrom(begun.signal).catch((error: unknown) => expect(error).toMatchObject({ code: 'aborted' }));
  expect(told).toEqual([]);
});

test('closed, it closes both, and what follows the replica', async () => {
  const { store, primary, replica, timesClosed } = await world();
  const closing = [primary, replica].map((each) => vi.spyOn(each.store, 'close'));
  await store.close();
  expect(timesClosed()).toBe(1);
  for (const close of closing) expect(close).toHaveBeenCalledOnce();
});
