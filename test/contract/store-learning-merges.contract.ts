import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf, RANK } from '../../src/domain/galaxy/facts.ts';
import { RecordQueue } from '../../src/domain/galaxy/gathered.ts';
import type { GalaxyRecord } from '../../src/domain/galaxy/records.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import type { StationRow } from '../../src/domain/spansh/records.ts';
import { times } from '../support/times.ts';
import { NOON_S, SYSTEM, type CreateDatabase, type TestDatabase } from './store-world.ts';

const IDS = [3_500_000_001, 3_500_000_002] as const;
const PLACES = [SYSTEM.Sol, SYSTEM.Alioth] as const;
const NAMES = { [SYSTEM.Sol]: 'Sol', [SYSTEM.Alioth]: 'Alioth' } as const;

/** What somebody tells: no two of one station in one second, so that every source is newer or older. */
type Told =
  | {
      readonly from: 'docked' | 'granted' | 'market';
      readonly id: number;
      readonly atS: number;
      readonly place: string;
    }
  | { readonly from: 'dump'; readonly id: number; readonly atS: number; readonly place: string };

const tolds = fc
  .uniqueArray(
    fc.record({
      from: fc.constantFrom('docked', 'granted', 'market', 'dump'),
      id: fc.constantFrom(...IDS),
      atS: fc.integer({ min: NOON_S, max: NOON_S + 40 }),
      place: fc.constantFrom(...PLACES),
    }),
    { minLength: 2, maxLength: 7, selector: ({ id, atS }) => `${id} ${atS}` },
  )
  .chain((list) =>
    fc.tuple(fc.constant(list as Told[]), fc.shuffledSubarray(list as Told[], { minLength: list.length })),
  );

function recordsOf({ from, id, atS, place }: Told): GalaxyRecord[] {
  if (from === 'docked') {
    const values = {
      name: 'Port',
      system: place,
      type: 'Orbis',
      ls: (atS % 50) + 1,
      planetary: 'N',
      repair: 'Y',
      services: `repair,${atS % 3 === 0 ? 'facilitator' : 'shop'}`,
    } as const;
    return [{ kind: 'station', id, facts: factsOf(RANK.tells, atS, values) }];
  }
  if (from === 'granted') {
    return [{ kind: 'station', id, facts: factsOf(RANK.fills, atS, { type: 'Outpost', pads: 'M' }) }];
  }
  const facts = factsOf(RANK.tells, atS, { market: 'Y', seenIn: NAMES[place as keyof typeof NAMES] });
  return [{ kind: 'station', id, facts: { ...facts, ...factsOf(RANK.fills, atS, { name: 'Port' }) } }];
}

function dumpRow({ atS, place }: Told, generation: Generation): StationRow {
  return {
    name: 'Port',
    lookupName: generation === 'v13' ? 'PORT' : null,
    systemId: BigInt(place),
    lsFromStar: (atS % 50) + 100,
    maxPadSize: 'L',
    ...{ blackmarket: '?', market: 'N', shipyard: 'N', outfitting: 'Y' },
    ...{ rearm: '?', refuel: '?', repair: '?' },
    planetary: '?',
    typeId: 2,
    modifiedS: atS,
    profile: {
      body: `Moon ${atS % 5}`,
      services: `dock,${atS % 3 === 0 ? 'facilitator' : 'shop'}`,
      economies: 'agri=1',
    },
  };
}

async function tell(store: Store, told: Told, generation: Generation): Promise<void> {
  if (told.from !== 'dump') {
    const queue = new RecordQueue(10);
    queue.add(recordsOf(told));
    await store.learn(queue.take(10));
    return;
  }
  const none = { systems: [], items: [], ships: [], upgrades: [] };
  const tables = { commodities: null, rares: null, shipyard: null, outfitting: null };
  const galaxyImport = await store.beginImport(tables);
  const station = {
    id: BigInt(told.id),
    row: dumpRow(told, generation),
    market: null,
    shipyard: null,
    outfitting: null,
  };
  await galaxyImport.apply({ ...none, stations: [station] });
  await galaxyImport.finish();
  await galaxyImport.close();
}

async function contentOf(db: TestDatabase) {
  const rows = async (table: string) =>
    (await db.sql(`SELECT * FROM ${table} ORDER BY station_id`)) as unknown[];
  return [await rows('Station'), await rows('tdl_fact'), await rows('tdl_profile')];
}

/** Feed and dump, in whatever order, agree. */
export function learningMergesContract(create: CreateDatabase, generation: Generation): void {
  test(
    'feed and dump end in the same whatever comes first, and comes twice',
    { timeout: 120_000 },
    async () => {
      const db = await create();
      try {
        const store = db.store(generation);
        await store.open();
        const systems = PLACES.map((id) => `(${id}, '${NAMES[id]}', 1, 2, 3, '2026-01-01 00:00:00')`);
        await db.sql(
          `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified) VALUES ${systems.join()}`,
        );
        await store.learn([]);
        const outcome = async (order: readonly Told[]) => {
          await db.sql('DELETE FROM Station');
          await db.sql('DELETE FROM tdl_fact');
          await db.sql('DELETE FROM tdl_profile');
          for (const told of order) await tell(store, told, generation);
          // Whoever is told of again has all facts in his row.
          for (const id of IDS) await store.learn([{ kind: 'station', id, facts: {} }]);
          return contentOf(db);
        };
        await fc.assert(
          fc.asyncProperty(tolds, async ([order, other]) => {
            expect(await outcome([...other, ...other.slice(0, 2)])).toEqual(await outcome(order));
          }),
          { numRuns: times(16, 40), seed: 1 },
        );
      } finally {
        await db.dispose();
      }
    },
  );
}
