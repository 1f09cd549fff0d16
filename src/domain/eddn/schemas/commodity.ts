import { factsOf, RANK } from '../../galaxy/facts.ts';
import type { GalaxyRecord } from '../../galaxy/records.ts';
import { kindFacts } from '../../galaxy/stations/station-kinds.ts';
import { MAX_NAME_LENGTH } from '../../names.ts';
import { isAbsent, isObject, readName, toMarketId } from '../values.ts';
import { COMMODITY_SCHEMA_REF } from '../staging-rules.ts';
import type { Schema, SnapshotHead } from './schema.ts';

/** The game has some 400. */
const MAX_COMMODITIES = 2_000;

/** A whole market. */
export const commodity: Schema = {
  name: 'commodity',
  ref: COMMODITY_SCHEMA_REF,
  hasSmallIds: true,

  stage({ body, software, observedAtS, receivedAtMs, learns }) {
    const { commodities } = body;
    if (!Array.isArray(commodities)) return 'malformed';
    if (commodities.length > MAX_COMMODITIES) return 'too large';
    if (isAbsent(body.marketId)) return 'no market id';
    const marketId = toMarketId(body.marketId);
    if (marketId === null) return 'market id out of range';
    const systemName = readName(body.systemName);
    const stationName = readName(body.stationName);
    if (systemName === null) return 'no system name';
    if (stationName === null) return 'no station name';
    if (Math.max(systemName.length, stationName.length) > MAX_NAME_LENGTH) return 'name too long';
    const head = { marketId, systemName, stationName, observedAtS, receivedAtMs };
    if (!learns) return { market: { head, commodities }, records: [] };
    const seen: GalaxyRecord = { kind: 'market', id: marketId, software, observedAtS, updates: 1 };
    // An empty list proves nothing about its station: some come under the id of another one.
    const records = commodities.length === 0 ? [seen] : [stationOf(head, body.stationType), seen];
    return { market: { head, commodities }, records };
  },
};

/** Names and places are those of the sender's client, so they only fill; but that there is a market is certain. */
function stationOf(head: SnapshotHead, stationType: unknown): GalaxyRecord {
  const { marketId, systemName, stationName, observedAtS } = head;
  const { pads, ...kind } = kindFacts(stationType, stationName, marketId);
  return {
    kind: 'station',
    id: marketId,
    facts: {
      ...factsOf(RANK.fills, observedAtS, { name: stationName, pads }),
      ...factsOf(RANK.tells, observedAtS, { market: 'Y', seenIn: systemName, ...kind }),
    },
  };
}

/** The list of a market message, unless there is none. */
export function commoditiesOf(message: unknown): readonly unknown[] | null {
  const body = isObject(message) ? message.message : undefined;
  return isObject(body) && Array.isArray(body.commodities) ? body.commodities : null;
}
