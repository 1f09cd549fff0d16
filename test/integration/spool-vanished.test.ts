import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { createSpool } from '../../src/infra/spool/spool.ts';
import { startHere } from '../support/here.ts';
import { startLiveDaemonBy } from '../support/live-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { smallDisk } from '../support/tmpfs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const T = 1_700_000_000;
let file: string;
let warnings: string[];

beforeEach(() => {
  file = join(tempDir(), 'data/spool.db');
  warnings = [];
});

function openSpool() {
  const spool = createSpool({ file, parkedMax: 100, log: { warn: (_, text) => void warnings.push(text) } });
  onTestFinished(() => spool.close());
  return spool;
}

function snapshot(marketId: number, observedAtS = T): Snapshot {
  const head = { systemName: 'Sol', stationName: 'Galileo', receivedAtMs: 0 };
  return { ...head, marketId, observedAtS, rows: new Int32Array(800).fill(marketId) };
}

/** What another spool finds in the file. */
async function kept(): Promise<{ keys: unknown[]; clears: unknown }> {
  const spool = openSpool();
  const keys = await spool.keys();
  const result = {
    keys: keys.map(({ marketId, state }) => `${marketId} ${state}`).sort(),
    clears: await spool.clears(0),
  };
  await spool.close();
  return result;
}

/** Market ids in the file, read by somebody else; none while it is being made. */
function readMarkets(path = file): unknown[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db
      .prepare('SELECT market_id FROM entry')
      .all()
      .map((row) => row.market_id);
  } catch {
    return [];
  } finally {
    db.close();
  }
}

const DISASTERS: readonly [string, () => void][] = [
  ['its file was deleted', () => rmSync(file)],
  ['its file and those beside it were deleted', () => rmSync(dirname(file), { recursive: true })],
  ['its directory was renamed', () => renameSync(dirname(file), `${dirname(file)}.old`)],
];

test.each(DISASTERS)('what was in it is in the new one: %s', async (_, disaster) => {
  const spool = openSpool();
  await spool.put('pending', [snapshot(1), snapshot(2)]);
  await spool.put('parked', [snapshot(3)]);
  await spool.noteClears([{ marketId: 9, clearedAtS: T }]);
  disaster();
  await spool.put('pending', [snapshot(4)]);
  expect(await spool.take([1, 2, 3, 4])).toEqual([snapshot(1), snapshot(2), snapshot(3), snapshot(4)]);
  expect(warnings).toEqual([
    'The spool had vanished (deleted, its directory renamed?): made anew, with its 3 snapshots.',
  ]);
  await spool.close();
  expect(await kept()).toEqual({
    keys: ['1 pending', '2 pending', '3 parked', '4 pending'],
    clears: new Map([[9, T]]),
  });
});

test.each(DISASTERS)('nobody has to use it for that: %s', async (_, disaster) => {
  const spool = openSpool();
  await spool.put('pending', [snapshot(1)]);
  disaster();
  await until(() => existsSync(file) && readMarkets().join() === '1');
});

test('closed at once, nothing is lost either', async () => {
  const spool = openSpool();
  await spool.put('pending', [snapshot(1)]);
  rmSync(dirname(file), { recursive: true });
  await spool.close();
  expect((await kept()).keys).toEqual(['1 pending']);
});

test('again and again', async () => {
  const spool = openSpool();
  for (let round = 1; round <= 20; round++) {
    await spool.put('pending', [snapshot(round)]);
    for (const name of readdirSync(dirname(file)))
      if (round % 2 === 0 || name === 'spool.db') rmSync(join(dirname(file), name));
  }
  expect(await spool.keys()).toHaveLength(20);
  await spool.close();
  expect((await kept()).keys).toHaveLength(20);
});

test('another one with its name is gone on with, and the newest of each market stays', async () => {
  const [here, there] = [file, join(dirname(file), 'other.db')];
  file = there;
  const other = openSpool();
  await other.put('pending', [snapshot(1, T + 1), snapshot(2, T - 1), snapshot(5)]);
  await other.close();
  file = here;
  const spool = openSpool();
  await spool.put('pending', [snapshot(1), snapshot(2)]);
  renameSync(there, here);
  expect(await spool.take([1, 2, 5])).toEqual([snapshot(1, T + 1), snapshot(2), snapshot(5)]);
});

test('a disk that has no room for a new one is waited for', async (context) => {
  const disk = smallDisk(context, 1024 * 1024);
  file = join(disk, 'spool.db');
  const spool = openSpool();
  await spool.put(
    'pending',
    Array.from({ length: 150 }, (_, i) => snapshot(i + 1)),
  );
  // Deleted, but open: it still takes its room.
  rmSync(file);
  await expect(spool.put('pending', [snapshot(200)])).rejects.toMatchObject({ code: 'spoolFull' });
  expect(warnings).toEqual([]);
});

test('the daemon loses no market when its spool is deleted while the database is held', async () => {
  const { program, relay, cwd, database, written } = await startLiveDaemonBy(startHere);
  const marketIds = Array.from({ length: 50 }, (_, i) => i + 1);
  await relay.publish(frame(commodityMessage({ marketId: 1 })));
  await written(1);
  const holder = new DatabaseSync(database);
  holder.exec('BEGIN IMMEDIATE');
  for (const marketId of marketIds)
    await relay.publish(frame(commodityMessage({ marketId, timestamp: '2026-05-01T13:00:00Z' })));
  const spoolFile = join(cwd, 'data/tradedangerous-listener-spool.db');
  await until(() => readMarkets(spoolFile).length === 50);
  for (const suffix of ['', '-wal', '-shm']) rmSync(spoolFile + suffix);
  program.kill('SIGTERM');
  expect((await program.exit).code).toBe(0);
  holder.close();
  const again = await startLiveDaemonBy(startHere, { cwd, database });
  await again.written(...marketIds);
});
