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

      test('and one message alone moves no such station under another name', async () => {
        const { importDump, hear } = await fieldWorld(db, generation);
        await importDump('future-rows-1.json');
        expect(await hear('future-rows.jsonl')).toEqual([{ status: 'unconfirmed' }]);
        await importDump('future-rows-2.json');
        // As it is tried again when a dump was imported.
        expect(await hear('future-rows.jsonl')).toMatchObject([{ status: 'written', station: 'known' }]);
      });

      test('one message gives a starport neither another name and system nor other goods', async () => {
        const { hear, pricesOf } = await fieldWorld(db, generation);
        expect(await hear('mixed-identity.jsonl')).toEqual([{ status: 'unconfirmed' }]);
        expect(await db.sql('SELECT name, system_id FROM Station WHERE station_id = 128666762')).toEqual([
          { name: 'Jameson Memorial', system_id: '3932277478106' },
        ]);
        expect(await pricesOf(128_666_762)).toEqual([[GOLD, 9000]]);
      });

      test('markets in one of two systems of a name are written when a dump has placed their stations', async () => {
        const { store, importDump, hear, pricesOf } = await fieldWorld(db, generation);
        expect(await hear('ambiguous-system.jsonl')).toMatchObject([
          ...Array<object>(3).fill({ status: 'unknownSystem' }),
          { status: 'written', station: 'known' },
          { status: 'invalid' },
        ]);
        await importDump('ambiguous-system.json');
        expect([...(await store.knownSystems(['lorionis-soc 13', 'Nowhere']))]).toEqual(['lorionis-soc 13']);
        await hear('ambiguous-system.jsonl');
        const ids = [DAEDALUS, 3_700_000_101, 3_700_000_555, 3_223_000_001];
        expect(await Promise.all(ids.map(pricesOf))).toEqual(
          // In v13 the dump's name of Sol is older than the one that is stored.
          [generation === 'v12' ? 1001 : 9000, 1002, 1003, 1004].map((price) => [[GOLD, price]]),
        );
        expect(await db.sql('SELECT system_id FROM Station WHERE station_id = 3700000101')).toEqual([
          { system_id: '202' },
        ]);
      });

      test('a message that knows the type of a new station gives it type, pads and planetary flag at once', async () => {
        const { store, stage, hear } = await fieldWorld(db, generation);
        const { records } = stage('carrier-type-in-message.jsonl');
        await store.learn(records);
        await hear('carrier-type-in-message.jsonl');
        const stations = await db.sql(
          'SELECT type_id, max_pad_size, planetary FROM Station WHERE station_id BETWEEN 3708000123 AND 3708000125',
        );
        const [carrier, outpost] = generation === 'v12' ? ['24', '1'] : ['5', '9'];
        expect(stations).toEqual([
          { type_id: carrier, max_pad_size: 'L', planetary: 'N' },
          { type_id: carrier, max_pad_size: 'L', planetary: 'N' },
          { type_id: outpost, max_pad_size: 'M', planetary: 'N' },
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
