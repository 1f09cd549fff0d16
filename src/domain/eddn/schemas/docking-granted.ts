import { factsOf, RANK } from '../../galaxy/facts.ts';
import { kindFacts } from '../../galaxy/stations/station-kinds.ts';
import { readShortName, toMarketId } from '../values.ts';
import type { Schema } from './schema.ts';

/** Tells what a station is, but not where; `LandingPad` is the number of a pad. */
export const dockingGranted: Schema = {
  name: 'dockinggranted',
  ref: 'https://eddn.edcd.io/schemas/dockinggranted/1',

  stage({ body, observedAtS }) {
    const id = toMarketId(body.MarketID);
    const name = readShortName(body.StationName);
    if (id === null || name === null) return 'nothing to learn';
    const facts = factsOf(RANK.fills, observedAtS, { name, ...kindFacts(body.StationType, name, id) });
    return { records: [{ kind: 'station', id, facts }] };
  },
};
