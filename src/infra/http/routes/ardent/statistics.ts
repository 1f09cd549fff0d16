import type { HttpApp } from '../../app.ts';
import type { ApiOptions } from '../../api/manners.ts';
import type { Goods } from '../../api/goods.ts';
import { NotFound } from './lookups.ts';
import { economyName } from './rows.ts';

const DAY_MS = 86_400_000;

/** What is in the database, and prices of goods over all of it. */
export function statisticsRoutes(app: HttpApp, deps: ApiOptions, goods: Goods): void {
  const { queries, version } = deps;
  const census = () => queries.census(Math.floor((deps.now() - DAY_MS) / 1000));
  const timestamp = () => new Date(deps.now()).toISOString();

  app.get('/version', () => ({ version }));

  app.get('/stats', async () => {
    const found = await census();
    const carriers =
      found.stationTypes.find(({ journalType }) => journalType === 'FleetCarrier')?.stations ?? 0;
    const all = found.stationTypes.reduce((sum, { stations }) => sum + stations, 0);
    const lately = found.seenAfterS;
    return {
      systems: found.systems,
      pointsOfInterest: 0,
      stations: { stations: all - carriers, carriers, updatedInLast24Hours: lately.markets },
      trade: {
        systems: found.marketSystems,
        stations: found.stationMarkets,
        carriers: found.carrierMarkets,
        tradeOrders: found.rows,
        updatedInLast24Hours: lately.rows,
        uniqueCommodities: found.goods,
      },
      updatedInLast24Hours: lately.markets + lately.rows,
      timestamp: timestamp(),
    };
  });

  app.get('/stats/stations/types', async () => {
    const { stationTypes } = await census();
    return {
      stationTypes: Object.fromEntries(
        stationTypes.map(({ journalType, stations }) => [journalType ?? 'null', stations]),
      ),
      total: stationTypes.reduce((sum, { stations }) => sum + stations, 0),
      timestamp: timestamp(),
    };
  });

  app.get('/stats/stations/economies', async () => {
    const { primary, secondary, carriers } = await queries.economies();
    const byName = (counts: typeof primary) =>
      Object.fromEntries(
        counts
          .filter(([, stations]) => stations > 0)
          .map(([word, stations]) => [word === null ? 'null' : economyName(word), stations]),
      );
    return {
      primary: byName(primary),
      secondary: byName(secondary),
      fleetCarriers: carriers,
      timestamp: timestamp(),
    };
  });

  async function reports() {
    const found = await queries.priceReports();
    const known = await goods.including(found.map(({ itemId }) => itemId));
    return found
      .flatMap(({ itemId, supply, demand }) => {
        const good = known.get(itemId);
        if (good === undefined) return [];
        return [
          {
            commodityName: (good.symbol ?? good.name).toLowerCase(),
            maxBuyPrice: supply?.max ?? null,
            minBuyPrice: supply?.min ?? null,
            avgBuyPrice: supply?.mean ?? null,
            totalStock: supply?.units ?? 0,
            maxSellPrice: demand?.max ?? null,
            minSellPrice: demand?.min ?? null,
            avgSellPrice: demand?.mean ?? null,
            totalDemand: demand?.units ?? 0,
            timestamp: timestamp(),
          },
        ];
      })
      .sort((a, b) => (a.commodityName < b.commodityName ? -1 : 1));
  }

  app.get('/commodities', reports);

  app.get<{ Params: { name: string } }>('/commodity/name/:name', async ({ params }) => {
    const good = await goods.findIfAny(params.name);
    const name = (good?.symbol ?? good?.name)?.toLowerCase();
    const found = (await reports()).find(({ commodityName }) => commodityName === name);
    if (found === undefined) throw new NotFound('Commodity not found');
    return found;
  });
}
