import { PatrolPool } from '../../actors/patrol/pool.ts';
import { ScoutTourPool, type ScoutTourPoolDeps } from '../../actors/scout-tour/pool.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import { realTime } from '../../infra/process/real-time.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createStore } from './store.ts';

export interface KeptTours {
  readonly tours: ScoutTourPool;
  readonly patrols: PatrolPool;
  readonly close: () => Promise<void>;
}

/** Tours that are kept, and patrols, on a connection of their own: they outlive the system's. */
export async function keepTours(
  base: Bootstrap,
  deps: Pick<ScoutTourPoolDeps, 'planner' | 'travelTimes'> & { readonly queries: Queries },
): Promise<KeptTours> {
  const store = await createStore(base);
  const parts = { ...deps, store, time: realTime, random: Math.random, log: base.log };
  const tours = new ScoutTourPool(parts);
  const patrols = new PatrolPool({ ...parts, tours });
  tours.start();
  patrols.start();
  return {
    tours,
    patrols,
    close: async () => {
      await patrols.close();
      await tours.close();
      await store.close();
    },
  };
}
