import { beforeEach, describe, expect, test } from 'vitest';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { GOLD } from './store-world.ts';

const EVERYTHING = { limit: 10_000, after: null };

/** Names, places, markets and goods, beside what plain SQL says. */
export function recordContract(use: () => QueryWorld): void {
  let world: QueryWorld;
  let plain: readonly PlainStation[];

  beforeEach(() => {
    world = use();
    plain = world.plain;
  });

  describe('names', () => {
    test('several systems of one name are all given, without case', async () => {
      const named = await world.queries.systemsNamed('TWIN 1');
      expect(named).toHaveLength(3);
      expect(new Set(named.map(({ id }) => id)).size).toBe(3);
      expect(await world.queries.systemsNamed('Nowhere')).toEqual([]);
    });

    test('the largest id stays exact', async () => {
      const id = 9_223_372_036_854_775_807n;
      expect(await world.queries.systemById(id)).toMatchObject({ id, name: 'Twin 0' });
      expect(await world.queries.systemById(4n)).toBeNull();
    });

    test.each(['col 285', "Kachirigin's", 'T', '%', "x' OR '1'='1"])(
      'beginning with %j, paged',
      async (prefix) => {
        const all = await world.db.sql('SELECT system_id, name FROM System');
        const expected = all
          .filter(({ name }) => name!.toLowerCase().startsWith(prefix.toLowerCase()))
          .map(({ system_id }) => BigInt(system_id!));
        const found: bigint[] = [];
        let after = null;
        do {
          const page = await world.queries.systemsByPrefix(prefix, 2, after);
          found.push(...page.entries.map(({ id }) => id));
          after = page.next;
        } while (after !== null);
        expect(new Set(found)).toEqual(new Set(expected));
        expect(found).toHaveLength(expected.length);
      },
    );

    test('of stations', async () => {
      const page = await world.queries.stationsByPrefix('jameson', 1_000, null);
      expect(page.entries.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
        plain.filter(({ name }) => name.startsWith('Jameson')).map(({ id }) => id),
      );
      expect(page.next).toBeNull();
    });
  });

  test('systems near a place', async () => {
    const near = { x: 1, y: 2, z: 3, withinLy: 40 };
    const all = await world.db.sql(
      'SELECT system_id, pos_x + 0.0 AS x, pos_y + 0.0 AS y, pos_z + 0.0 AS z FROM System',
    );
    const expected = all
      .map(({ system_id, x, y, z }) => ({
        id: BigInt(system_id!),
        ly: Math.sqrt((Number(x) - 1) ** 2 + (Number(y) - 2) ** 2 + (Number(z) - 3) ** 2),
      }))
      .filter(({ ly }) => ly <= 40)
      .sort((a, b) => a.ly - b.ly);
    const { entries, total } = await world.queries.systemsNear(near, EVERYTHING);
    expect(entries.map(({ system }) => system.id)).toEqual(expected.map(({ id }) => id));
    expect(total).toBe(expected.length);
    expect(entries.map(({ distanceLy }) => distanceLy)).toEqual(expected.map(({ ly }) => ly));
  });

  test('whole markets, many at once, in the order asked for', async () => {
    const ids = plain.map(({ id }) => id).reverse();
    const markets = await world.queries.markets([...ids, 42]);
    expect(markets.map(({ station }) => station.id)).toEqual(ids);
    for (const { station, atS, rows } of markets) {
      const expected = plain.find(({ id }) => id === station.id)!;
      expect(atS).toBe(expected.atS);
      expect(
        rows.map((row) => [
          row.itemId,
          [
            row.demandPrice,
            row.demandUnits,
            row.demandLevel,
            row.supplyPrice,
            row.supplyUnits,
            row.supplyLevel,
          ],
        ]),
      ).toEqual([...expected.rows]);
    }
  });

  test('goods with their categories', async () => {
    const items = await world.queries.items();
    expect(items).toContainEqual({ id: GOLD, name: 'Gold', category: 'Metals', meanPrice: null });
  });

  test('markets that have rows, one page after the other', async () => {
    const all = plain.filter(({ rows }) => rows.size > 0).map(({ id }) => id);
    expect(all.length).toBeGreaterThan(100);
    const found: number[] = [];
    for (;;) {
      const page = await world.queries.marketIdsAfter(found.at(-1) ?? 0, 60);
      found.push(...page);
      if (page.length < 60) break;
    }
    expect(found).toEqual(all);
    expect(await world.queries.marketIdsAfter(all.at(-1)!, 60)).toEqual([]);
  });

  test('what is seen in markets, as they are asked for; what is none has nothing', async () => {
    const asked = [
      ...plain
        .slice(0, 40)
        .toReversed()
        .map(({ id }) => id),
      1,
    ];
    const seen = await world.queries.seenMarkets(asked);
    const carriers = new Set(await carrierIds());
    expect(seen).toEqual(
      asked.map((marketId) => {
        const station = plain.find(({ id }) => id === marketId);
        const rows = [...(station?.rows ?? [])].sort(([a], [b]) => a - b);
        return {
          ...{ marketId, observedAtS: station?.atS ?? null, isCarrier: carriers.has(marketId) },
          rows: Int32Array.from(rows.flatMap(([item, cells]) => [item, ...cells, 0])),
        };
      }),
    );
    expect(seen.some(({ isCarrier }) => isCarrier)).toBe(true);
    expect(await world.queries.seenMarkets([])).toEqual([]);
  });

  /** A fleet carrier is 24 in v12, 5 in v13. */
  async function carrierIds(): Promise<number[]> {
    const rows = await world.db.sql('SELECT station_id FROM Station WHERE type_id IN (24, 5)');
    return rows.map(({ station_id }) => Number(station_id));
  }
}
