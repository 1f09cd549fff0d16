import { MAX_NAME_LENGTH } from '../../names.ts';
import { isAbsent, isObject, readName, toMarketId } from '../values.ts';
import { COMMODITY_SCHEMA_REF } from '../staging-rules.ts';
import type { Schema } from './schema.ts';

/** A whole market. */
export const commodity: Schema = {
  ref: COMMODITY_SCHEMA_REF,

  stage({ body, observedAtS, receivedAtMs }) {
    const { commodities } = body;
    if (!Array.isArray(commodities)) return 'malformed';
    if (isAbsent(body.marketId)) return 'no market id';
    const marketId = toMarketId(body.marketId);
    if (marketId === null) return 'market id out of range';
    const systemName = readName(body.systemName);
    const stationName = readName(body.stationName);
    if (systemName === null) return 'no system name';
    if (stationName === null) return 'no station name';
    if (Math.max(systemName.length, stationName.length) > MAX_NAME_LENGTH) return 'name too long';
    return {
      market: { head: { marketId, systemName, stationName, observedAtS, receivedAtMs }, commodities },
    };
  },
};

/** The list of a market message, unless there is none. */
export function commoditiesOf(message: unknown): readonly unknown[] | null {
  const body = isObject(message) ? message.message : undefined;
  return isObject(body) && Array.isArray(body.commodities) ? body.commodities : null;
}
