import { expect, test } from 'vitest';
import type { Token } from '../../src/domain/access.ts';
import { ownMigrations } from '../../src/infra/store/shared/own-tables.ts';
import { NOON_S, snapshot, GOLD_ROW, useWorld, type CreateDatabase } from './store-world.ts';

function token(name: string, scopes: Token['scopes'] = ['tours']): Token {
  return { name, scopes, hash: name.padEnd(64, '0'), madeAtS: NOON_S };
}

/** Who may write over HTTP, as every daemon on a database knows it. */
export function tokenContract(create: CreateDatabase): void {
  const world = useWorld(create);

  test('are none before the first, and asking makes no tables', async () => {
    const { db, store } = world();
    expect(await store.tokens()).toEqual([]);
    expect(await store.removeToken('bob')).toBe(false);
    await expect(db.sql('SELECT * FROM tdl_version')).rejects.toThrow();
  });

  test('come back as they were given, sorted, to every store on the database', async () => {
    const { db, store } = world();
    const all = [token("O'Neil", ['journal', 'operate']), token('alice'), token('Alice')];
    for (const each of all) expect(await store.addToken(each)).toBe(true);
    const sorted = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(await db.store().tokens()).toEqual(sorted);
    expect(await db.store('auto', { ownTables: false }).tokens()).toEqual(sorted);
  });

  test('of a name that is taken are not added, and the first one stays', async () => {
    const { store } = world();
    await store.addToken(token('bob', ['journal']));
    expect(await store.addToken({ ...token('bob'), hash: 'f'.repeat(64) })).toBe(false);
    expect(await store.tokens()).toEqual([token('bob', ['journal'])]);
  });

  test('are removed once', async () => {
    const { db, store } = world();
    await store.addToken(token('bob'));
    await store.addToken(token('bobby'));
    const other = db.store();
    expect([await other.removeToken('bob'), await other.removeToken('bob')]).toEqual([true, false]);
    expect(await store.tokens()).toEqual([token('bobby')]);
  });

  test('cannot be added where tables of our own are turned off', async () => {
    const { db } = world();
    const off = db.store('auto', { ownTables: false });
    await expect(off.addToken(token('bob'))).rejects.toMatchObject({
      ...{ code: 'refused', message: expect.stringContaining('own_tables is false') as string },
      advice: 'set own_tables to true',
    });
    expect(await off.tokens()).toEqual([]);
  });

  test('make tables that another store at work takes up', async () => {
    const { db, store } = world();
    await db.store().addToken(token('bob'));
    expect((await store.learn([])).madeTables).toBe(false);
    expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
    expect(await store.tokens()).toHaveLength(1);
  });

  test('are none in tables of an older version, which whoever only looks leaves as they are', async () => {
    const { db, store } = world();
    await store.addToken(token('bob'));
    const later = ownMigrations('').slice(1).flat();
    for (const [, name] of later.flatMap((sql) => [...sql.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)])) {
      await db.sql(`DROP TABLE ${name}`);
    }
    await db.sql('UPDATE tdl_version SET version = 1');
    const looking = db.store('auto', { looksOnly: true });
    expect(await looking.tokens()).toEqual([]);
    expect(await looking.stats()).toMatchObject({ totalRows: 0 });
    expect(await db.sql('SELECT version FROM tdl_version')).toEqual([{ version: '1' }]);
    expect(await db.store().addToken(token('bob'))).toBe(true);
  });

  test('with a scope that only a newer version knows have the others', async () => {
    const { db, store } = world();
    await store.addToken(token('bob'));
    await db.sql("UPDATE tdl_token SET scopes = 'tours,telepathy'");
    expect(await store.tokens()).toEqual([token('bob')]);
  });
}
