import { TourWorld } from './tour-world.ts';

/** So many markets, all seen so long ago. */
export function patrolWorld(markets: number, ageS: number) {
  const world = new TourWorld();
  for (let id = 1; id <= markets; id++) world.seenAtS.set(id, world.nowS - ageS);
  const begin = () => {
    const tours = world.pool();
    const patrols = world.patrols(tours);
    tours.start();
    patrols.start();
    return { tours, patrols };
  };
  const see = (tours: ReturnType<typeof begin>['tours'], id: number) => {
    world.seenAtS.set(id, world.nowS);
    tours.observed([{ marketId: id, observedAtS: world.nowS }]);
  };
  return { world, begin, see };
}
