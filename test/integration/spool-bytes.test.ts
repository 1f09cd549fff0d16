import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { UnresolvedSnapshot } from '../../src/domain/market/snapshot.ts';
import type { Spool } from '../../src/domain/ports/market/spool.ts';
import { createSpool } from '../../src/infra/spool/spool.ts';
import { tempDir } from '../support/temp-dir.ts';

const MIB = 1024 * 1024;
const T = 1_700_000_000;
let file: string;
beforeEach(() => void (file = join(tempDir(), 'spool.db')));

function openSpool(parkedMaxBytes?: number): Spool {
  const spool = createSpool({ file, parkedMax: 100_000, ...(parkedMaxBytes && { parkedMaxBytes }) });
  onTestFinished(() => spool.close());
  return spool;
}

/** The higher the id, the newer. */
function parked(marketId: number, bytes: number): UnresolvedSnapshot {
  const head = { systemName: 'Sol', stationName: 'Galileo', receivedAtMs: T * 1000 };
  return { ...head, marketId, observedAtS: T + marketId, message: 'x'.repeat(bytes) };
}

const some = (from: number, count: number, bytes: number) =>
  Array.from({ length: count }, (_, i) => parked(from + i, bytes));
const heldBy = async (spool: Spool) => (await spool.keys()).map(({ marketId }) => marketId);

test('of too many parked bytes the oldest observations go, and it is told which', async () => {
  const spool = openSpool(MIB);
  expect(await spool.put('parked', some(1, 8, 0.1 * MIB))).toEqual([]);
  await spool.put('pending', some(100, 20, 0.1 * MIB));
  const dropped = await spool.put('parked', some(9, 4, 0.1 * MIB));
  expect(dropped).toEqual([1, 2, 3]);
  const held = await heldBy(spool);
  expect(held.filter((id) => id < 100)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(
    held.filter((id) => id >= 100),
    'what waits to be written stays',
  ).toHaveLength(20);
});

test('an entry that is replaced counts once', async () => {
  const spool = openSpool(MIB);
  for (let again = 0; again < 30; again += 1) {
    const entry = { ...parked(1, 0.2 * MIB), observedAtS: T + again };
    expect(await spool.put('parked', [entry])).toEqual([]);
  }
  expect(await heldBy(spool)).toEqual([1]);
});

test('pages that are not needed any more go back to the disk', async () => {
  const spool = openSpool();
  for (let from = 1; from <= 600; from += 50) await spool.put('parked', some(from, 50, 0.1 * MIB));
  expect(statSync(file).size).toBeGreaterThan(40 * MIB);
  await spool.remove((await spool.keys()).map(({ marketId }) => ({ marketId, observedAtS: 2 * T })));
  await spool.close();
  expect(statSync(file).size).toBeLessThan(9 * MIB);
});

test('so do those of a spool that was made before they were asked for', async () => {
  const spool = openSpool();
  await spool.put('parked', some(1, 300, 0.1 * MIB));
  await spool.close();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA auto_vacuum = 0; VACUUM; DELETE FROM entry WHERE market_id > 1');
  db.close();
  expect(statSync(file).size).toBeGreaterThan(20 * MIB);
  const again = openSpool();
  expect(await heldBy(again)).toEqual([1]);
  await again.close();
  expect(statSync(file).size).toBeLessThan(MIB);
});
