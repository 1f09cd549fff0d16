/**
 * A second process at work on a SQLite database, for tests: `node sqlite-process.ts hold|write <file>`. It says `ready`
 * on standard output when it holds the database, or has written its first batch; it goes on until it is killed.
 */
import { DatabaseSync } from 'node:sqlite';
import { ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';

const [mode, file = ''] = process.argv.slice(2);

if (mode === 'hold') {
  const db = new DatabaseSync(file);
  db.exec('BEGIN EXCLUSIVE');
  setInterval(() => db.isOpen, 1_000);
} else {
  const store = createSqliteStore({ file, generation: 'auto' });
  const items =
    (await store.stats(), new DatabaseSync(file).prepare('SELECT item_id FROM Item ORDER BY 1').all());
  const write = (atS: number) =>
    store.writeMarkets(
      Array.from({ length: 20 }, (_, i) => ({
        marketId: 10_000 + i,
        systemName: 'Sol',
        stationName: `Station ${i}`,
        observedAtS: atS,
        receivedAtMs: atS * 1000,
        rows: Int32Array.from(
          items.flatMap(({ item_id }) => [
            Number(item_id),
            ...Array<number>(ROW_WIDTH - 1).fill(atS % 1_000),
          ]),
        ),
      })),
    );
  let atS = 1_772_366_400;
  await write(atS);
  process.stdout.write('ready\n');
  for (;;) await write(++atS);
}
process.stdout.write('ready\n');
