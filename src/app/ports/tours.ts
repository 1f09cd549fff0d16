import { ScoutTourPool, type ScoutTourPoolDeps } from '../../actors/scout-tour/pool.ts';
import { realTime } from '../../infra/process/real-time.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createStore } from './store.ts';

/** Tours that are kept, on a connection of their own: they outlive the system's. */
export async function keepTours(
  base: Bootstrap,
  { queries, planner, travelTimes }: Pick<ScoutTourPoolDeps, 'queries' | 'planner' | 'travelTimes'>,
): Promise<{ readonly tours: ScoutTourPool; readonly close: () => Promise<void> }> {
  const store = await createStore(base);
  const tours = new ScoutTourPool({
    ...{ store, queries, planner, travelTimes },
    ...{ time: realTime, random: Math.random, log: base.log },
  });
  tours.start();
  return {
    tours,
    close: async () => {
      await tours.close();
      await store.close();
    },
  };
}
