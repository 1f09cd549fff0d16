import { describe, expect, test } from 'vitest';
import { closeFinished } from '../../src/domain/colonisation/book/finished.ts';
import { galaxySites } from '../../src/domain/colonisation/book/galaxy-sites.ts';
import { completedBy } from '../../src/domain/colonisation/book/site.ts';
import type { MarketRecord, StationRecord, SystemRecord } from '../../src/domain/ports/store/queries.ts';
import { bookOf, depotLine, dockedLine, JOURNAL_S, loginLines, SITE_ID } from '../support/journals.ts';

describe('what the galaxy knows', () => {
  const SYSTEM = { id: 11_668_486_497_665n, name: 'Hyades Sector AB-C' } as SystemRecord;
  const station = (id: number, name: string, more: Partial<StationRecord> = {}) =>
    ({
      id,
      name,
      system: SYSTEM,
      journalType: 'Coriolis',
      group: 'port',
      updatedAtS: JOURNAL_S + 50,
      ...more,
    }) as StationRecord;

  /** A galaxy of these stations, and what it was asked. */
  function galaxy(...stations: readonly StationRecord[]) {
    const asked: string[] = [];
    return {
      asked,
      markets: (ids: readonly number[]) => {
        asked.push(`markets ${ids.join()}`);
        return Promise.resolve(
          stations.filter(({ id }) => ids.includes(id)).map((each) => ({ station: each }) as MarketRecord),
        );
      },
      stations: ({ systemId }: { readonly systemId?: bigint }) => {
        asked.push(`stations ${systemId}`);
        const entries = stations
          .filter(({ system }) => system.id === systemId)
          .map((each) => ({ station: each, distanceLy: 0 }));
        return Promise.resolve({ entries, total: entries.length, next: null });
      },
      stationsByPrefix: (prefix: string, limit: number) => {
        const entries = stations.filter(({ name }) => name.startsWith(prefix)).slice(0, limit);
        return Promise.resolve({ entries, total: entries.length, next: null });
      },
    };
  }

  const building = [
    ...bookOf([...loginLines(), dockedLine(1), depotLine(2, { steel: [5, 4] })]).sites.values(),
  ];

  test.each<[string, StationRecord, boolean]>([
    ['has its id and is a port', station(SITE_ID, 'Any'), true],
    ['has its name to be and lies in its system', station(42, 'TREVITHICK dock'), true],
    ['has another name', station(42, 'Other Dock'), false],
    ['has its name elsewhere', station(42, 'Trevithick Dock', { system: { ...SYSTEM, id: 7n } }), false],
    ['was seen before the site was', station(SITE_ID, 'Any', { updatedAtS: JOURNAL_S }), false],
    ['nobody has ever seen', station(SITE_ID, 'Any', { updatedAtS: null }), false],
    ['is of no known kind', station(SITE_ID, 'Any', { group: null }), false],
    ['is of no known type', station(SITE_ID, 'Any', { journalType: null }), false],
    ['builds by its kind', station(SITE_ID, 'Any', { group: 'construction' }), false],
    ['builds by its name', station(SITE_ID, 'Orbital Construction Site: Any'), false],
    ['is a carrier', station(SITE_ID, 'Any', { group: 'carrier' }), false],
    ['is a megaship', station(SITE_ID, 'Any', { group: 'megaship' }), false],
  ])('a site is closed, or not, by what %s', async (_, found, closes) => {
    const [site] = await closeFinished(galaxy(found), building);
    expect(completedBy(site!)).toBe(closes ? 'galaxy' : null);
    if (!closes) expect(site).toBe(building[0]);
  });

  test('is not asked of sites that are done, and by name only of those that have one and are not closed yet', async () => {
    const done = [
      ...bookOf([depotLine(2, { steel: [5, 5] }, { ConstructionComplete: true })]).sites.values(),
    ];
    const nobody = galaxy();
    expect(await closeFinished(nobody, done)).toBe(done);
    expect(nobody.asked).toEqual([]);
    const unnamed = [...bookOf([depotLine(2, { steel: [5, 4] })]).sites.values()];
    for (const [world, sites] of [
      [galaxy(), unnamed],
      [galaxy(station(SITE_ID, 'Any')), building],
    ] as const) {
      await closeFinished(world, [...sites, ...done]);
      expect(world.asked).toEqual([`markets ${SITE_ID}`]);
    }
    const named = galaxy();
    await closeFinished(named, building);
    expect(named.asked).toEqual([`markets ${SITE_ID}`, `stations ${SYSTEM.id}`]);
  });

  test('of construction sites is where they are, in some systems or everywhere', async () => {
    const sites = [
      station(1, 'Orbital Construction Site: A'),
      station(2, 'Planetary Construction Site: B', { journalType: 'PlanetaryConstructionDepot' }),
      station(3, 'System Colonisation Ship', { updatedAtS: null }),
      station(4, '$EXT_PANEL_ColonisationShip:#index=1;'),
    ];
    const world = galaxy(
      ...sites,
      station(5, 'Port'),
      station(6, 'Odd', { journalType: 'SpaceConstructionDepot' }),
      station(7, 'System Colonisation Shipyard'),
    );
    const idsOf = async (systems: readonly SystemRecord[] | null, limit = 100) =>
      (await galaxySites(world, systems, limit)).map(({ marketId }) => marketId);
    expect(await idsOf(null)).toEqual([1, 2, 3, 4]);
    expect(await idsOf(null, 3)).toEqual([1, 2, 3]);
    // Where a system is known, its type tells, too.
    expect(await idsOf([SYSTEM])).toEqual([1, 2, 3, 4, 6]);
    expect(await idsOf([{ ...SYSTEM, id: 9n }])).toEqual([]);
    const [, planetary, ship] = await galaxySites(world, null, 100);
    expect(planetary).toMatchObject({
      ...{ depot: null, deliveries: [], port: null },
      place: {
        ...{
          atS: JOURNAL_S + 50,
          name: 'Planetary Construction Site: B',
          type: 'PlanetaryConstructionDepot',
        },
        ...{ systemName: SYSTEM.name, systemId: String(SYSTEM.id) },
      },
    });
    expect(ship?.place?.atS).toBe(0);
  });
});
