import type { GalaxyRecord } from '../../galaxy/records.ts';
import { readBody, readDistance, readPads, readServices, readStation, readSystem } from './journal-fields.ts';
import type { Schema } from './schema.ts';

/**
 * Events of a player's journal that tell where something is. Only who has docked tells the distance, the pads and the
 * services; who is docked, or jumps with a carrier, tells where the station is.
 */
export const journal: Schema = {
  name: 'journal',
  ref: 'https://eddn.edcd.io/schemas/journal/1',
  // Most are scans, which tell nothing that is kept.
  telling: /"event"\s*:\s*"(?:Docked|Location|CarrierJump|FSDJump)"/,

  stage({ body, observedAtS }) {
    const records: (GalaxyRecord | null)[] = [readSystem(body, observedAtS)];
    if (body.event === 'Docked') {
      records.push(
        readStation(body, observedAtS, {
          ls: readDistance(body.DistFromStarLS),
          pads: readPads(body.LandingPads),
          ...readServices(body.StationServices),
        }),
      );
    } else if (body.event === 'CarrierJump' || (body.event === 'Location' && body.Docked === true)) {
      records.push(readStation(body, observedAtS, { body: readBody(body) }));
    } else if (body.event !== 'Location' && body.event !== 'FSDJump') return 'nothing to learn';
    const usable = records.filter((record) => record !== null);
    return usable.length === 0 ? 'nothing to learn' : { records: usable };
  },
};
