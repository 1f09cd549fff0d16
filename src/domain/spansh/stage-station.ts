import { isShipNotPort } from '../galaxy/stations/station-kinds.ts';
import { lookupName, type Generation } from '../generation.ts';
import { MAX_INT32 } from '../market/snapshot.ts';
import type { NoteProblem } from './problems.ts';
import type { Flag, StationRow } from './records.ts';
import { stageProfile } from './stage-profile.ts';
import { stationType, type StationType } from './station-types.ts';
import { readShortName } from '../eddn/values.ts';
import { isJsonObject, MAX_INT64, plain, readBigId, type JsonObject } from './values.ts';

/** What Frontier sends for "no station". */
const SENTINEL_ID = 2n ** 64n - 1n;

/** @param token JSON text of `id`. @returns null, noted, when no station can be stored under it */
export function stageStationId(
  token: string | undefined,
  note: NoteProblem,
  where: () => string,
): bigint | null {
  const id = readBigId(token);
  if (id !== null && id >= 1n && id <= MAX_INT64) return id;
  note(id === SENTINEL_ID ? 'sentinel station id' : 'no station id', () => `${where()}: id ${plain(token)}`);
  return null;
}

/**
 * @param station parsed; of `market`, `shipyard` and `outfitting` only the presence counts
 * @param body name of the body with which it is listed
 * @returns null, noted, when it has no usable name: such a station is not imported at all
 */
export function stageStation(
  station: unknown,
  id: bigint,
  systemId: bigint,
  modifiedS: number,
  generation: Generation,
  note: NoteProblem,
  where: () => string,
  body?: unknown,
): StationRow | null {
  const fields = isJsonObject(station) ? station : {};
  const name = readShortName(fields.name);
  if (name === null) {
    note('no station name', () => `${where()}: name ${plain(fields.name)}`);
    return null;
  }
  const services = Array.isArray(fields.services) ? fields.services : null;
  const flag = (service: string, key: string): Flag => {
    if (services !== null) return services.includes(service) ? 'Y' : 'N';
    const told = fields[key];
    return typeof told === 'boolean' ? (told ? 'Y' : 'N') : '?';
  };
  return {
    systemId,
    name,
    lookupName: generation === 'v13' ? lookupName(name) : null,
    lsFromStar: distance(fields.distanceToArrival, note, where),
    maxPadSize: padSize(fields.landingPads),
    blackmarket: flag('Black Market', 'hasBlackmarket'),
    market: offers(fields, 'market', 'hasMarket'),
    shipyard: offers(fields, 'shipyard', 'hasShipyard'),
    outfitting: offers(fields, 'outfitting', 'hasOutfitting'),
    rearm: flag('Restock', 'hasRearm'),
    refuel: flag('Refuel', 'hasRefuel'),
    repair: flag('Repair', 'hasRepair'),
    ...kindOf(fields.type, name, id, generation),
    modifiedS,
    profile: stageProfile(fields, body),
  };
}

/** Spansh calls ships planetary that the game's own journal calls a station on a surface, and that hang in space. */
function kindOf(type: unknown, name: string, id: bigint, generation: Generation): StationType {
  const kind = stationType(type, generation);
  return kind.planetary === 'Y' && isShipNotPort(name, Number(id)) ? { ...kind, planetary: 'N' } : kind;
}

function offers(station: JsonObject, block: string, key: string): Flag {
  return station[key] === true || Object.hasOwn(station, block) ? 'Y' : 'N';
}

/** Whole light seconds. */
function distance(value: unknown, note: NoteProblem, where: () => string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Math.abs(value) <= MAX_INT32) return Math.max(0, Math.trunc(value));
  note('distance out of range', () => `${where()}: distanceToArrival ${plain(value)}`);
  return 0;
}

function padSize(pads: unknown): StationRow['maxPadSize'] {
  const { large, medium, small } = isJsonObject(pads) ? pads : {};
  const some = (count: unknown) => typeof count === 'number' && count > 0;
  return some(large) ? 'L' : some(medium) ? 'M' : some(small) ? 'S' : '?';
}
