import { expect, test } from 'vitest';
import { useWorld, type CreateDatabase } from './store-world.ts';

const tour = (id: string, version = 1, json = '{}') => ({ kind: 'tour', id, version, json });

/** Small state of our own, as every daemon on a database sees it. */
export function aggregateContract(create: CreateDatabase): void {
  const world = useWorld(create);

  test('there are none before the first, and asking makes no tables', async () => {
    const { db, store } = world();
    expect(await store.aggregates('tour')).toEqual([]);
    await store.removeAggregate('tour', 'a');
    await expect(db.sql('SELECT * FROM tdl_version')).rejects.toThrow();
  });

  test('come back as they were given, each kind for itself', async () => {
    const { db, store } = world();
    const json = JSON.stringify({ name: "O'Neil \\ \u{1f680}", long: 'x'.repeat(100_000) });
    expect(await store.putAggregate(tour('b', 1, json))).toBe(true);
    expect(await store.putAggregate(tour('a'))).toBe(true);
    expect(await store.putAggregate({ ...tour('a'), kind: 'patrol' })).toBe(true);
    expect(await db.store().aggregates('tour')).toEqual([tour('a'), tour('b', 1, json)]);
  });

  test('are written only on top of the version before', async () => {
    const { db, store } = world();
    await store.putAggregate(tour('a', 1, '1'));
    expect(await db.store().putAggregate(tour('a', 2, '2'))).toBe(true);
    expect(await store.putAggregate(tour('a', 2, 'late'))).toBe(false);
    expect(await store.putAggregate(tour('a', 4, 'early'))).toBe(false);
    expect(await store.putAggregate(tour('a', 1, 'again'))).toBe(false);
    expect(await store.putAggregate(tour('gone', 2))).toBe(false);
    expect(await store.aggregates('tour')).toEqual([tour('a', 2, '2')]);
  });

  test('are gone when removed', async () => {
    const { store } = world();
    await store.putAggregate(tour('a'));
    await store.removeAggregate('patrol', 'a');
    expect(await store.aggregates('tour')).toHaveLength(1);
    await store.removeAggregate('tour', 'a');
    expect(await store.aggregates('tour')).toEqual([]);
  });

  test('cannot be kept where tables of our own are turned off', async () => {
    const off = world().db.store('auto', { ownTables: false });
    await expect(off.putAggregate(tour('a'))).rejects.toMatchObject({ code: 'refused' });
    expect(await off.aggregates('tour')).toEqual([]);
  });

  test('in tables of a newer version of this program are refused and left as they are', async () => {
    const { db, store } = world();
    await store.putAggregate(tour('a'));
    await db.sql('UPDATE tdl_version SET version = 99');
    await expect(db.store().putAggregate(tour('b'))).rejects.toMatchObject({
      ...{
        code: 'refused',
        message: expect.stringContaining('newer version of this program (99)') as string,
      },
      advice: expect.stringContaining('set own_tables to false') as string,
    });
    expect(await db.sql('SELECT version FROM tdl_version')).toEqual([{ version: '99' }]);
    expect(await db.sql('SELECT id FROM tdl_aggregate')).toEqual([{ id: 'a' }]);
    expect(await db.store('auto', { ownTables: false }).stats()).toMatchObject({ totalRows: 0 });
  });
}
