import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import type { Spool } from '../../src/domain/ports/market/spool.ts';
import type { Snapshot, UnresolvedSnapshot } from '../../src/domain/market/snapshot.ts';
import { createSpool } from '../../src/infra/spool/spool.ts';
import { testApart } from '../support/apart.ts';
import { smallDisk } from '../support/tmpfs.ts';
import { tempDir } from '../support/temp-dir.ts';

const T = 1_700_000_000;
let file: string;
let warnings: object[];

beforeEach(() => {
  file = join(tempDir(), 'spool.db');
  warnings = [];
});

function openSpool(parkedMax = 100): Spool {
  const log = { warn: (fields: object) => void warnings.push(fields) };
  const spool = createSpool({ file, parkedMax, log });
  onTestFinished(() => spool.close());
  return spool;
}

function snapshot(marketId: number, fields: Partial<Snapshot> = {}): Snapshot {
  return {
    marketId,
    systemName: 'Sol',
    stationName: 'Galileo',
    observedAtS: T,
    receivedAtMs: 1_700_000_000_123,
    rows: Int32Array.from([128049202, 1, 2, 3, -1, 5, 6, 7]),
    ...fields,
  };
}

function unresolved(marketId: number, fields: Partial<UnresolvedSnapshot> = {}): UnresolvedSnapshot {
  const head: Partial<Snapshot> = snapshot(marketId);
  delete (head as { rows?: unknown }).rows;
  return { ...(head as UnresolvedSnapshot), message: `{"name": "caf\\u00e9 é ${marketId}"}`, ...fields };
}

/** Another process puts batches of 50 and is killed after some. @returns the markets it was told are safe */
async function putUntilKilled(first: number, batches: number): Promise<number[]> {
  const script = new URL('../support/spool-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, file, `${first}`]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let last = -1;
  for await (const line of createInterface(child.stdout)) {
    last = Number(line);
    if (last >= batches) child.kill('SIGKILL');
  }
  expect(last).toBeGreaterThanOrEqual(batches);
  return Array.from({ length: (last + 1) * 50 }, (_, i) => first + i);
}

function makeForeignFile(): void {
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE System (system_id INTEGER PRIMARY KEY)');
  db.close();
}

const ids = (entries: readonly { marketId: number }[]) =>
  entries.map(({ marketId }) => marketId).sort((a, b) => a - b);

describe('keeping snapshots', () => {
  test('what was put comes back whole after closing', async () => {
    const spool = openSpool();
    const huge = snapshot(2 ** 53 - 1, {
      systemName: "Jaques' Ünïté",
      rows: new Int32Array(8).fill(-(2 ** 31)),
    });
    await spool.put('pending', [snapshot(5), huge]);
    await spool.close();
    expect(await spool.take([5, 77, 2 ** 53 - 1])).toEqual([snapshot(5), huge]);
  });

  test('an empty list is kept as one', async () => {
    const spool = openSpool();
    await spool.put('pending', [snapshot(1, { rows: new Int32Array() })]);
    expect(await spool.take([1])).toEqual([snapshot(1, { rows: new Int32Array() })]);
  });

  test('a view of a shared buffer keeps its own rows only', async () => {
    const spool = openSpool();
    const all = Int32Array.from({ length: 24 }, (_, i) => i);
    await spool.put('pending', [snapshot(1, { rows: all.subarray(8, 16) })]);
    expect(await spool.take([1])).toEqual([
      snapshot(1, { rows: Int32Array.from([8, 9, 10, 11, 12, 13, 14, 15]) }),
    ]);
    expect(all.length).toBe(24);
  });

  test('an unresolved message keeps its text', async () => {
    const spool = openSpool();
    await spool.put('parked', [unresolved(1)]);
    expect(await spool.take([1])).toEqual([unresolved(1)]);
  });

  test('a newer observation replaces an older one, whatever its state', async () => {
    const spool = openSpool();
    await spool.put('parked', [unresolved(1)]);
    await spool.put('pending', [snapshot(1, { observedAtS: T + 1 })]);
    expect(await spool.take([1])).toEqual([snapshot(1, { observedAtS: T + 1 })]);
    expect(await spool.keys()).toEqual([{ marketId: 1, observedAtS: T + 1, state: 'pending' }]);
  });

  test('an older observation changes nothing', async () => {
    const spool = openSpool();
    await spool.put('pending', [snapshot(1)]);
    await spool.put('parked', [snapshot(1, { observedAtS: T - 1, stationName: 'Old' })]);
    expect(await spool.take([1])).toEqual([snapshot(1)]);
    expect(await spool.open()).toEqual({ pending: 1, parked: 0, clears: 0 });
  });

  test('the newest of several in one batch wins', async () => {
    const spool = openSpool();
    const newest = snapshot(1, { observedAtS: T + 9 });
    await spool.put('pending', [snapshot(1), newest, snapshot(1, { observedAtS: T + 3 })]);
    expect(await spool.take([1])).toEqual([newest]);
  });

  test('the same observation changes its state', async () => {
    const spool = openSpool();
    await spool.put('pending', [snapshot(1)]);
    await spool.put('parked', [snapshot(1)]);
    expect(await spool.keys()).toEqual([{ marketId: 1, observedAtS: T, state: 'parked' }]);
  });

  test('settled markets are forgotten unless something newer waits', async () => {
    const spool = openSpool();
    await spool.put('pending', [snapshot(1), snapshot(2), snapshot(3)]);
    await spool.remove([
      { marketId: 1, observedAtS: T },
      { marketId: 2, observedAtS: T - 1 },
    ]);
    expect(ids(await spool.keys())).toEqual([2, 3]);
  });

  test('a batch with a bad entry leaves nothing', async () => {
    const spool = openSpool();
    const bad = snapshot(2, { observedAtS: 'never' as unknown as number });
    await expect(spool.put('pending', [snapshot(1), bad])).rejects.toThrow();
    expect(await spool.keys()).toEqual([]);
  });
});

describe('parked snapshots', () => {
  test('the oldest observations go first when there are too many', async () => {
    const spool = openSpool(2);
    await spool.put('pending', [snapshot(9, { observedAtS: T - 99 })]);
    expect(await spool.put('parked', [snapshot(1), snapshot(2, { observedAtS: T - 5 })])).toEqual([]);
    const dropped = await spool.put('parked', [unresolved(3), snapshot(4, { observedAtS: T - 9 })]);
    expect(dropped.sort()).toEqual([2, 4]);
    expect(ids(await spool.keys())).toEqual([1, 3, 9]);
  });

  test('their systems are named once, whatever the case', async () => {
    const spool = openSpool();
    await spool.put('parked', [
      snapshot(1, { systemName: 'Ünïté' }),
      snapshot(2, { systemName: 'ÜNÏTÉ ' }),
      snapshot(3, { systemName: 'Lave' }),
      unresolved(4, { systemName: 'Achenar' }),
    ]);
    await spool.put('pending', [snapshot(5, { systemName: 'Sol' })]);
    const names = await spool.parkedSystems();
    expect(names.map((name) => name.trim().toLowerCase()).sort()).toEqual(['lave', 'ünïté']);
  });

  test('they are found by system, whatever the case', async () => {
    const spool = openSpool();
    await spool.put('parked', [
      snapshot(1, { systemName: 'Ünïté' }),
      snapshot(2, { systemName: 'LAVE' }),
      unresolved(3, { systemName: 'Lave' }),
    ]);
    await spool.put('pending', [snapshot(4, { systemName: 'Lave' })]);
    expect(await spool.parkedIn(['lave', 'ÜNÏTÉ', 'Lave', 'Sol'])).toEqual([2, 1]);
  });

  test('those without a catalogue are told apart', async () => {
    const spool = openSpool();
    const entry = unresolved(2);
    await spool.put('parked', [snapshot(1), entry]);
    expect(await spool.parkedUnresolved()).toEqual([
      { marketId: 2, bytes: Buffer.byteLength(entry.message) },
    ]);
  });
});

describe('clears', () => {
  test('the latest clear of a market is remembered', async () => {
    const spool = openSpool();
    await spool.noteClears([{ marketId: 1, clearedAtS: T }]);
    await spool.noteClears([
      { marketId: 1, clearedAtS: T - 1 },
      { marketId: 2, clearedAtS: T },
    ]);
    await spool.close();
    expect(await spool.clears(0)).toEqual(new Map([[1, T], [2, T]])); // prettier-ignore
    expect(await spool.open()).toEqual({ pending: 0, parked: 0, clears: 2 });
  });

  test('old and superseded ones are forgotten', async () => {
    const spool = openSpool();
    await spool.noteClears([1, 2, 3].map((marketId) => ({ marketId, clearedAtS: T + marketId })));
    await spool.dropClears([3, 4]);
    expect(await spool.clears(T + 2)).toEqual(new Map([[2, T + 2]]));
    expect(await spool.clears(0)).toEqual(new Map([[2, T + 2]]));
  });
});

describe('faults', () => {
  testApart('everything acknowledged survives kill -9', async () => {
    for (const first of [1_000, 2_000_000, 4_000_000]) {
      const acknowledged = await putUntilKilled(first, 20);
      const spool = openSpool();
      const kept = (await spool.take(acknowledged)) as Snapshot[];
      expect(ids(kept)).toEqual(acknowledged);
      expect(kept.every(({ marketId, rows }) => rows[399] === Math.floor((marketId - first) / 50))).toBe(
        true,
      );
      await spool.close();
    }
  });

  testApart('two processes share one spool', async () => {
    const [a, b] = await Promise.all([putUntilKilled(1_000, 30), putUntilKilled(2_000_000, 30)]);
    expect(ids(await openSpool().take([...a, ...b]))).toEqual([...a, ...b]);
    expect(warnings).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    [
      'is no database',
      () => writeFileSync(file, 'not a database, but long enough to look like one'.repeat(50)),
    ],
    ['belongs to another program', makeForeignFile],
    [
      'was made by a newer version',
      async () => {
        await openSpool().open();
        const db = new DatabaseSync(file);
        db.exec('PRAGMA user_version = 99');
        db.close();
      },
    ],
    [
      'is cut short',
      async () => {
        const spool = openSpool();
        await spool.put(
          'pending',
          Array.from({ length: 200 }, (_, i) => snapshot(i + 1)),
        );
        await spool.close();
        truncateSync(file, 8_192);
      },
    ],
  ])('a file that %s is moved aside with a warning', async (_, damage) => {
    await damage();
    const spool = openSpool();
    expect(await spool.open()).toEqual({ pending: 0, parked: 0, clears: 0 });
    await spool.put('pending', [snapshot(1)]);
    expect(await spool.take([1])).toEqual([snapshot(1)]);
    expect(warnings).toMatchObject([{ file, movedTo: expect.stringContaining(`${file}.broken.`) }]);
    expect(existsSync((warnings[0] as { movedTo: string }).movedTo)).toBe(true);
  });

  test("another program's database moved aside is left as it was", async () => {
    makeForeignFile();
    await openSpool().open();
    const moved = new DatabaseSync((warnings[0] as { movedTo: string }).movedTo);
    expect(moved.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
    moved.close();
  });

  test('a full disk is told with advice, and later calls work when there is space', async (context) => {
    const disk = smallDisk(context, 1_000_000);
    file = join(disk, 'spool.db');
    const spool = openSpool();
    await spool.put('pending', [snapshot(1)]);
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(700_000));
    const many = Array.from({ length: 100 }, (_, i) => snapshot(i + 2, { rows: new Int32Array(1_600) }));
    const error = await spool.put('pending', many).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'spoolFull', advice: expect.stringContaining('free some space') });
    expect(ids(await spool.keys())).toEqual([1]);
    rmSync(ballast);
    await spool.put('pending', many.slice(0, 20));
    expect((await spool.keys()).length).toBe(21);
  });

  test('a place that cannot be written is told with advice, and works once it can', async () => {
    mkdirSync(file);
    const spool = openSpool();
    await expect(spool.open()).rejects.toMatchObject({
      code: 'spoolUnwritable',
      advice: expect.stringContaining('writable'),
    });
    rmSync(file, { recursive: true });
    expect(await spool.open()).toEqual({ pending: 0, parked: 0, clears: 0 });
  });

  test('the directory is made', async () => {
    file = join(tempDir(), 'data', 'deep', 'spool.db');
    await openSpool().open();
    expect(readdirSync(join(file, '..'))).toContain('spool.db');
  });
});
