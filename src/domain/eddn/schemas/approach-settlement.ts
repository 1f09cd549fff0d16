import { factsOf, RANK } from '../../galaxy/facts.ts';
import type { GalaxyRecord } from '../../galaxy/records.ts';
import { readShortName, toMarketId } from '../values.ts';
import { readSystem } from './journal-fields.ts';
import type { Schema } from './schema.ts';

/** Somebody flies over a settlement: it is on a surface. Without a market id it is a tourist site or a beacon. */
export const approachSettlement: Schema = {
  name: 'approachsettlement',
  ref: 'https://eddn.edcd.io/schemas/approachsettlement/1',

  stage({ body, observedAtS }) {
    const records: GalaxyRecord[] = [];
    const system = readSystem(body, observedAtS);
    if (system !== null) records.push(system);
    const id = toMarketId(body.MarketID);
    if (id !== null) {
      const facts = factsOf(RANK.fills, observedAtS, {
        planetary: 'Y',
        body: readShortName(body.BodyName) ?? undefined,
      });
      records.push({ kind: 'station', id, facts });
    }
    return records.length === 0 ? 'nothing to learn' : { records };
  },
};
