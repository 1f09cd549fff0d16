import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fieldWorld } from '../support/field-reports.ts';
import { hasSharedData } from '../support/shared-data.ts';
import type { CreateDatabase, TestDatabase } from '../contract/store-world.ts';

const GOLD = 128_049_154;
const SILVER = 128_049_155;
const APA_VIETTEST = 128_999_979;
const DAEDALUS = 128_016_384;
const RIGHT_NAME = 128_300_001;

/** What public reports showed, end to end but for the process. */
export function fieldReportContract(name: string, create: CreateDatabase): void {
  describe.skipIf(!hasSharedData).each(['v12', 'v13'] as const)(
    `reports from the field, ${name} %s`,
    (generation) => {
      let db: TestDatabase;
      beforeEach(async () => {
        db = await create();
      });
      afterEach(() => db.dispose());

      test('a good of a category nobody knew is written, and so is the rest of its market', async () => {
        const { hear, pricesOf } = await fieldWorld(db, generation, {
          'rare_commodity.csv': 'unknown-category.rare_commodity.csv',
        });
        expect(await hear('unknown-category.jsonl')).toMatchObject([{ status: 'written', rows: 3 }]);
        expect(await pricesOf(DAEDALUS)).toEqual([
          [GOLD, 777],
          [SILVER, 55],
          [APA_VIETTEST, 400],
        ]);
        expect(await db.sql('SELECT category_id, name FROM Category WHERE category_id > 16')).toEqual([
          { category_id: '17', name: 'Narcotics' },
        ]);
      });

      test('a known item keeps its row, whatever category a dump names', async () => {
        const { importDump, pricesOf } = await fieldWorld(db, generation);
        const { problems } = await importDump('known-item-unknown-category.json');
        expect(problems).toEqual({});
        expect(await pricesOf(DAEDALUS)).toEqual([
          [GOLD, 8888],
          [SILVER, 5],
        ]);
        expect(
          await db.sql(`SELECT c.name FROM Item JOIN Category c USING (category_id) WHERE item_id = ${GOLD}`),
        ).toEqual([{ name: 'Metals' }]);
      });

      test('systems and stations of a dump that are ahead of the clock shut nothing out', async () => {
        const { importDump, hear, pricesOf } = await fieldWorld(db, generation);
        const { problems } = await importDump('future-rows-1.json');
        expect(problems['time ahead of clock']?.count).toBe(generation === 'v13' ? 2 : 1);
        await importDump('future-rows-2.json');
        expect(await db.sql('SELECT name FROM System WHERE system_id = 301')).toEqual([
          { name: 'Gamma Prime' },
        ]);
        expect(await db.sql(`SELECT name, system_id FROM Station WHERE station_id = ${RIGHT_NAME}`)).toEqual([
          { name: 'Right Name', system_id: '302' },
        ]);
        expect(await hear('future-rows.jsonl')).toMatchObject([{ status: 'written', station: 'known' }]);
        expect(await pricesOf(RIGHT_NAME)).toEqual([[GOLD, 9000]]);
      });

      test('and a message moves such a station, too', async () => {
        const { importDump, hear } = await fieldWorld(db, generation);
        await importDump('future-rows-1.json');
        await hear('future-rows.jsonl');
        expect(await db.sql(`SELECT system_id FROM Station WHERE station_id = ${RIGHT_NAME}`)).toEqual([
          { system_id: '302' },
        ]);
      });

      test('control characters of a name are in no table', async () => {
        const { hear } = await fieldWorld(db, generation);
        expect(await hear('control-characters.jsonl')).toMatchObject([{ status: 'written' }]);
        expect(await db.sql('SELECT name FROM Station WHERE station_id = 128980001')).toEqual([
          { name: 'NulPort' },
        ]);
      });
    },
  );
}
