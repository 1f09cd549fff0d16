import type { Generation } from '../../generation.ts';
import type { FactValues } from '../facts.ts';

interface Kind {
  /** `Station.type_id`. */
  readonly v13: number;
  readonly v12: number;
  readonly planetary: 'Y' | 'N';
  /** What all of its kind have. */
  readonly pads?: 'L' | 'M';
}

/** The game's own names of stations. Source: real dockings; ids are Trade Dangerous'. */
const KINDS: Readonly<Record<string, Kind>> = {
  AsteroidBase: { v13: 1, v12: 14, planetary: 'N', pads: 'L' },
  Coriolis: { v13: 2, v12: 2, planetary: 'N', pads: 'L' },
  CraterOutpost: { v13: 11, v12: 11, planetary: 'Y', pads: 'L' },
  CraterPort: { v13: 12, v12: 12, planetary: 'Y', pads: 'L' },
  DockablePlanetStation: { v13: 3, v12: 0, planetary: 'Y' },
  Dodec: { v13: 4, v12: 0, planetary: 'N', pads: 'L' },
  FleetCarrier: { v13: 5, v12: 24, planetary: 'N', pads: 'L' },
  MegaShip: { v13: 6, v12: 13, planetary: 'N', pads: 'L' },
  Ocellus: { v13: 7, v12: 3, planetary: 'N', pads: 'L' },
  OnFootSettlement: { v13: 13, v12: 25, planetary: 'Y' },
  Orbis: { v13: 8, v12: 4, planetary: 'N', pads: 'L' },
  Outpost: { v13: 9, v12: 1, planetary: 'N', pads: 'M' },
  PlanetaryConstructionDepot: { v13: 10, v12: 0, planetary: 'Y' },
  SpaceConstructionDepot: { v13: 14, v12: 0, planetary: 'N' },
};

/** The game spells some in several ways, and some kinds have two names. */
const NAMES = new Map([
  ...Object.keys(KINDS).map((name) => [name.toLowerCase(), name] as const),
  ['bernal', 'Ocellus'],
  ['squadroncarrier', 'FleetCarrier'],
]);

/** What follows from a type: facts, where they are certain. */
export type KindFacts = Partial<Pick<FactValues, 'type' | 'planetary' | 'pads'>>;

/** @param stationType of a journal, whatever it is. Names and ids tell what the game calls SurfaceStation. */
export function kindFacts(stationType: unknown, name: string, marketId: number): KindFacts {
  if (typeof stationType !== 'string') return {};
  const key = stationType.trim().toLowerCase();
  if (key === 'surfacestation') return surfaceStation(name, marketId);
  const type = NAMES.get(key);
  const kind = type === undefined ? undefined : KINDS[type];
  if (type === undefined || kind === undefined) return {};
  return { type, planetary: kind.planetary, ...(kind.pads && { pads: kind.pads }) };
}

/** Four things have this type; only the last of them is on a surface. */
function surfaceStation(name: string, marketId: number): KindFacts {
  if (isShipNotPort(name, marketId)) return { planetary: 'N', pads: 'L' };
  if (/^trailblazer /i.test(name.trim()) && Math.floor(marketId / 1e6) === 129)
    return { type: 'MegaShip', planetary: 'N', pads: 'L' };
  return { planetary: 'Y' };
}

/** Colonisation ships and power carriers, which some call planetary. */
export function isShipNotPort(name: string, marketId: number): boolean {
  const series = Math.floor(marketId / 1e7);
  return (
    (series >= 395 && series <= 397) ||
    series === 393 ||
    /^(?:\$EXT_PANEL_ColonisationShip|System Colonisation Ship\b|Stronghold Carrier\b|\$ShipName_StrongholdCarrier)/i.test(
      name.trim(),
    )
  );
}

/** `Station.type_id`; what the generation has no number for is 0, unknown. */
export function typeIdOf(type: string | undefined, generation: Generation): number {
  if (type === undefined) return 0;
  return KINDS[type]?.[generation] ?? (type.startsWith('#') ? Number(type.slice(1)) : 0);
}

/** The name of a `Station.type_id`; one without a name is told by its number. Undefined: unknown. */
export function typeOfId(typeId: number, generation: Generation): string | undefined {
  if (typeId === 0) return undefined;
  return Object.keys(KINDS).find((name) => KINDS[name]?.[generation] === typeId) ?? `#${typeId}`;
}
