import { factsOf, RANK, type Facts, type FactValues } from '../../galaxy/facts.ts';
import { kindFacts } from '../../galaxy/stations/station-kinds.ts';
import type { StationRecord, SystemRecord } from '../../galaxy/records.ts';
import { MAX_INT32 } from '../../market/snapshot.ts';
import { MAX_INT64 } from '../../spansh/values.ts';
import { isObject, readShortName, toMarketId } from '../values.ts';

/** Fields of the game's own journal, as EDDN passes them on. */
type Body = Readonly<Record<string, unknown>>;

/** The galaxy is 100,000 light years wide; a FLOAT column holds the 32nds of one exactly up to here. */
const MAX_COORDINATE = 524_288;

/** @param address a number, or a bigint where a number is not exact. @returns null when it is no id64 */
function readSystemId(address: unknown): bigint | null {
  const isExact = typeof address === 'bigint' || Number.isSafeInteger(address);
  if (!isExact) return null;
  const id = BigInt(address as number | bigint);
  return id >= 1n && id <= MAX_INT64 ? id : null;
}

/** @param body of anything with StarSystem, SystemAddress and StarPos. @returns null when one of them is not usable */
export function readSystem(body: Body, observedAtS: number): SystemRecord | null {
  const id = readSystemId(body.SystemAddress);
  const name = readShortName(body.StarSystem);
  const [x, y, z, ...more] = Array.isArray(body.StarPos) ? (body.StarPos as unknown[]) : [];
  if (id === null || name === null || more.length > 0) return null;
  if (!isCoordinate(x) || !isCoordinate(y) || !isCoordinate(z)) return null;
  // What a client sends that does not know where it is.
  if (x === 0 && y === 0 && z === 0 && name.toLowerCase() !== 'sol') return null;
  return { kind: 'system', id, name, x, y, z, observedAtS };
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_COORDINATE;
}

/**
 * What every event tells that names a station: what it is and where.
 *
 * @param more facts that this event tells besides
 * @returns null when it names none
 */
export function readStation(
  body: Body,
  observedAtS: number,
  more: { readonly [Name in keyof FactValues]?: FactValues[Name] | undefined },
): StationRecord | null {
  const id = toMarketId(body.MarketID);
  const name = readShortName(body.StationName);
  const system = readSystemId(body.SystemAddress);
  if (id === null || name === null || system === null) return null;
  const { pads, ...kind } = kindFacts(body.StationType, name, id);
  const told = factsOf(RANK.tells, observedAtS, {
    ...{ name, system: String(system), ...kind },
    economies: readEconomies(body.StationEconomies),
    ...more,
  });
  const derived: Facts = factsOf(RANK.fills, observedAtS, { pads });
  return { kind: 'station', id, facts: { ...derived, ...told } };
}

/** The body a station lies at; of some the station itself is called so. */
export function readBody(body: Body): string | undefined {
  return body.BodyType === 'Station' ? undefined : (readShortName(body.Body) ?? undefined);
}

/** Whole light seconds. */
export function readDistance(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MAX_INT32 ? Math.trunc(value) : undefined;
}

export function readPads(value: unknown): FactValues['pads'] | undefined {
  const { Large, Medium, Small } = isObject(value) ? value : {};
  const some = (count: unknown) => typeof count === 'number' && count > 0;
  return some(Large) ? 'L' : some(Medium) ? 'M' : some(Small) ? 'S' : undefined;
}

const MAX_SERVICES = 64;
const FLAGS = {
  blackmarket: 'blackmarket',
  market: 'commodities',
  shipyard: 'shipyard',
  outfitting: 'outfitting',
  rearm: 'rearm',
  refuel: 'refuel',
  repair: 'repair',
} as const;

/** All services, and the columns that tell of some: a list tells of each whether it is there. */
export function readServices(value: unknown): {
  readonly [Name in keyof typeof FLAGS | 'services']?: FactValues[Name];
} {
  if (!Array.isArray(value)) return {};
  const listed = new Set(
    (value as unknown[])
      .filter((name): name is string => typeof name === 'string' && /^\w{1,64}$/.test(name))
      .map((name) => name.toLowerCase())
      .slice(0, MAX_SERVICES),
  );
  const flags = Object.fromEntries(
    Object.entries(FLAGS).map(([flag, service]) => [flag, listed.has(service) ? 'Y' : 'N']),
  );
  return { ...flags, services: [...listed].sort().join() };
}

const MAX_ECONOMIES = 16;

/** `$economy_Agri;` is `agri`. */
function readEconomies(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const shares = new Map<string, number>();
  for (const entry of (value as unknown[]).slice(0, MAX_ECONOMIES)) {
    const { Name, Proportion } = isObject(entry) ? entry : {};
    const [, name] = typeof Name === 'string' ? (/^\$economy_(\w{1,60});$/i.exec(Name) ?? []) : [];
    if (name === undefined || typeof Proportion !== 'number' || !(Proportion > 0)) continue;
    shares.set(name.toLowerCase(), Proportion);
  }
  if (shares.size === 0) return undefined;
  return [...shares]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([name, share]) => `${name}=${share}`)
    .join();
}
