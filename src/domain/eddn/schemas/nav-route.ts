import type { SystemRecord } from '../../galaxy/records.ts';
import { isObject } from '../values.ts';
import { readSystem } from './journal-fields.ts';
import type { Schema } from './schema.ts';

/** The game plots no longer ones. */
const MAX_SYSTEMS = 1_000;

/** The systems of a route. */
export const navRoute: Schema = {
  name: 'navroute',
  ref: 'https://eddn.edcd.io/schemas/navroute/1',

  stage({ body, observedAtS }) {
    const route = Array.isArray(body.Route) ? (body.Route as unknown[]).slice(0, MAX_SYSTEMS) : [];
    const systems = new Map<bigint, SystemRecord>();
    for (const stop of route) {
      const system = isObject(stop) ? readSystem(stop, observedAtS) : null;
      if (system !== null) systems.set(system.id, system);
    }
    return systems.size === 0 ? 'nothing to learn' : { records: [...systems.values()] };
  },
};
