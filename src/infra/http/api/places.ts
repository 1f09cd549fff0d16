import type { Position } from '../../../domain/galaxy/galaxy.ts';
import type { MarketRecord, Queries, SystemRecord } from '../../../domain/ports/store/queries.ts';
import { ApiError } from './errors.ts';

/** The largest id that a database holds. */
const MAX_ID64 = 2n ** 63n - 1n;

/**
 * The one system that is meant.
 * @param text its name, or its id64
 * @throws ApiError 404: there is none; 400: several bear this name
 */
export async function resolveSystem(queries: Queries, text: string): Promise<SystemRecord> {
  const name = text.trim();
  const id = /^\d{1,19}$/.test(name) ? BigInt(name) : null;
  const byId = id !== null && id <= MAX_ID64 ? await queries.systemById(id) : null;
  if (byId !== null) return byId;
  const [system, ...others] = await queries.systemsNamed(name);
  if (system === undefined) throw new ApiError(404, `no system is named ${name}`);
  if (others.length > 0) {
    const candidates = [system, ...others].map((each) => ({
      systemId: String(each.id),
      name: each.name,
      position: { x: each.x, y: each.y, z: each.z },
    }));
    throw new ApiError(
      400,
      `${candidates.length} systems are named ${name}: give the id64 of the one you mean`,
      {
        candidates,
      },
    );
  }
  return system;
}

/** A point, or where a system is. */
export async function resolvePlace(queries: Queries, text: string): Promise<Position> {
  const point = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (point === null) return resolveSystem(queries, text);
  return { x: Number(point[1]), y: Number(point[2]), z: Number(point[3]) };
}

/** @throws ApiError 404: there is none */
export async function oneMarket(queries: Queries, marketId: number): Promise<MarketRecord> {
  const [found] = await queries.markets([marketId]);
  if (found === undefined) throw noMarket(marketId);
  return found;
}

export function noMarket(marketId: number): ApiError {
  return new ApiError(404, `no station has the market id ${marketId}`);
}
