import type { Generation } from '../../generation.ts';

export const STATION_GROUPS = [
  'port',
  'outpost',
  'settlement',
  'megaship',
  'carrier',
  'construction',
] as const;
export type StationGroup = (typeof STATION_GROUPS)[number];

interface StationKind {
  readonly name: string;
  /** As the game's journal calls it. */
  readonly journalType: string;
  readonly group: StationGroup;
}

/** Name, name in the journal, group, id in v12 and in v13 (null: that generation has none). Sources: as in `spansh/station-types.ts`. */
const KINDS: readonly (readonly [string, string, StationGroup, number | null, number | null])[] = [
  ['Asteroid base', 'AsteroidBase', 'port', 14, 1],
  ['Coriolis Starport', 'Coriolis', 'port', 2, 2],
  ['Dockable Planet Station', 'DockablePlanetStation', 'port', null, 3],
  ['Dodec Starport', 'Dodec', 'port', null, 4],
  ['Drake-Class Carrier', 'FleetCarrier', 'carrier', 24, 5],
  ['Mega ship', 'MegaShip', 'megaship', 13, 6],
  ['Ocellus Starport', 'Ocellus', 'port', 3, 7],
  ['Orbis Starport', 'Orbis', 'port', 4, 8],
  ['Outpost', 'Outpost', 'outpost', 1, 9],
  ['Planetary Construction Depot', 'PlanetaryConstructionDepot', 'construction', null, 10],
  ['Planetary Outpost', 'CraterOutpost', 'outpost', 11, 11],
  ['Planetary Port', 'CraterPort', 'port', 12, 12],
  ['Settlement', 'OnFootSettlement', 'settlement', 25, 13],
  ['Space Construction Depot', 'SpaceConstructionDepot', 'construction', null, 14],
  ['Surface Settlement', 'OnFootSettlement', 'settlement', null, 15],
];

/** Kinds of stations by their `type_id`; an id that is not in it says nothing. */
export type StationKinds = ReadonlyMap<number, StationKind>;

export function stationKinds(generation: Generation): StationKinds {
  return new Map(
    KINDS.flatMap(([name, journalType, group, v12, v13]) => {
      const id = generation === 'v12' ? v12 : v13;
      return id === null ? [] : [[id, { name, journalType, group }] as const];
    }),
  );
}
