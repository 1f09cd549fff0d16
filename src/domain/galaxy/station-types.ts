import type { Generation } from '../generation.ts';

export const STATION_GROUPS = [
  'port',
  'outpost',
  'settlement',
  'megaship',
  'carrier',
  'construction',
] as const;
export type StationGroup = (typeof STATION_GROUPS)[number];

export interface StationKind {
  readonly name: string;
  readonly group: StationGroup;
}

/** Name, group, id in v12 and in v13 (null: that generation has none). Sources: as in `spansh/station-types.ts`. */
const KINDS: readonly (readonly [string, StationGroup, number | null, number | null])[] = [
  ['Asteroid base', 'port', 14, 1],
  ['Coriolis Starport', 'port', 2, 2],
  ['Dockable Planet Station', 'port', null, 3],
  ['Dodec Starport', 'port', null, 4],
  ['Drake-Class Carrier', 'carrier', 24, 5],
  ['Mega ship', 'megaship', 13, 6],
  ['Ocellus Starport', 'port', 3, 7],
  ['Orbis Starport', 'port', 4, 8],
  ['Outpost', 'outpost', 1, 9],
  ['Planetary Construction Depot', 'construction', null, 10],
  ['Planetary Outpost', 'outpost', 11, 11],
  ['Planetary Port', 'port', 12, 12],
  ['Settlement', 'settlement', 25, 13],
  ['Space Construction Depot', 'construction', null, 14],
  ['Surface Settlement', 'settlement', null, 15],
];

/** Kinds of stations by their `type_id`; an id that is not in it says nothing. */
export type StationKinds = ReadonlyMap<number, StationKind>;

export function stationKinds(generation: Generation): StationKinds {
  return new Map(
    KINDS.flatMap(([name, group, v12, v13]) => {
      const id = generation === 'v12' ? v12 : v13;
      return id === null ? [] : [[id, { name, group }] as const];
    }),
  );
}
