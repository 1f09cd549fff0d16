import { z } from 'zod';
import type { Queries, StationRecord } from '../../../domain/ports/store/queries.ts';
import type { Commander } from '../../../domain/tours/travel-problem.ts';
import { ApiError } from './errors.ts';
import { resolvePlace, resolveSystem } from './places.ts';

/** Stations of one system at most. */
const STATIONS = 1_000;

const commanderText = z
  .string()
  .regex(
    /^[^@]{1,64}@[^@]{1,256}(?:@\d+(?:\.\d+)?)?$/,
    'give NAME@START, or NAME@START@LY with the jump range',
  );

/** Who flies, one after the other. */
export const commanders = z
  .preprocess(
    (text) => (typeof text === 'string' ? text.split(',').map((each) => each.trim()) : text),
    z.array(commanderText).min(1).max(20),
  )
  .describe(
    'Who flies, separated by commas: NAME@START or NAME@START@LY. START is a system by name or id64, a station as ' +
      'SYSTEM/STATION or by its market id; LY the jump range with the cargo aboard, else `jumpRange`',
  );

/** @throws ApiError: two of one name, or no such place */
export async function resolveCommanders(
  queries: Queries,
  texts: readonly string[],
  jumpRangeLy: number,
): Promise<Commander[]> {
  const written = texts.map((text) => text.split('@').map((part) => part.trim()));
  const names = written.map(([name = '']) => name.toLowerCase());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ApiError(400, `two commanders are called ${twice}`);
  const found: Commander[] = [];
  for (const [name = '', start = '', range] of written) {
    const ownRangeLy = range === undefined ? jumpRangeLy : Number(range);
    if (ownRangeLy < 1 || ownRangeLy > 500) {
      throw new ApiError(400, `${name} jumps ${range ?? ''} ly: from 1 to 500 will do`);
    }
    found.push({ name, jumpRangeLy: ownRangeLy, ...(await resolveStart(queries, start)) });
  }
  return found;
}

async function resolveStart(
  queries: Queries,
  text: string,
): Promise<Pick<Commander, 'start' | 'startMarketId'>> {
  const station = (await stationById(queries, text)) ?? (await stationByName(queries, text));
  if (station === null) {
    const { x, y, z: depth } = await resolvePlace(queries, text);
    return { start: { x, y, z: depth }, startMarketId: null };
  }
  const { x, y, z: depth } = station.system;
  return { start: { x, y, z: depth }, startMarketId: station.id };
}

/** Null: no number, or none of a market. */
async function stationById(queries: Queries, text: string): Promise<StationRecord | null> {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : null;
  if (id === null) return null;
  const [market] = await queries.markets([id]);
  return market?.station ?? null;
}

/** Null: not written as SYSTEM/STATION. */
async function stationByName(queries: Queries, text: string): Promise<StationRecord | null> {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const system = await resolveSystem(queries, text.slice(0, slash));
  const name = text.slice(slash + 1).trim();
  const { entries } = await queries.stations({ systemId: system.id }, { limit: STATIONS, after: null });
  const found = entries.find(({ station }) => station.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new ApiError(404, `no station of ${system.name} is named ${name}`);
  return found.station;
}
