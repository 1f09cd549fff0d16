import type { z } from 'zod';
import { lastSeen } from '../../../../domain/colonisation/book/commander.ts';
import { sellersNear, topSuppliers, type Wanted } from '../../../../domain/colonisation/supply/sellers.ts';
import type { StationFilter } from '../../../../domain/galaxy/stations/station-filter.ts';
import type { TravelTimes } from '../../../../domain/galaxy/travel-time.ts';
import { quoted } from '../../../../domain/shell.ts';
import { Presenter } from '../../api/answers.ts';
import { seenBefore } from '../../api/filters.ts';
import type { BuildRoutes } from './deps.ts';
import type { scout } from './schemas.ts';

/** Suppliers of an offer. */
const MOST = 10;

interface ScoutQuestion {
  readonly wanted: readonly Wanted[];
  readonly filter: StationFilter;
  readonly flight: { readonly capacity: number; readonly jumpRangeLy: number; readonly times: TravelTimes };
  /** Where everything is brought. */
  readonly systemId: bigint;
  readonly staleAfterS: number;
}

/** A tour past the best of those suppliers that nobody has looked at for a while; null: there are none. */
export async function offerScout(
  routes: BuildRoutes,
  { wanted, filter, flight, systemId, staleAfterS }: ScoutQuestion,
): Promise<z.input<typeof scout>> {
  const { queries, colonisation } = routes;
  const stale = await sellersNear(queries, wanted, { ...filter, ...seenBefore(routes, staleAfterS) });
  const suppliers = topSuppliers(stale, wanted, flight).slice(0, MOST);
  if (suppliers.length === 0) return null;
  const newest = lastSeen(colonisation.commanders());
  const name = (newest?.name?.text ?? 'commander').replaceAll(/[@,]/g, ' ');
  const start = await startOf(newest?.position?.systemId ?? null);
  const body = {
    commanders: `${name}@${start}@${flight.jumpRangeLy}`,
    markets: suppliers.map(({ marketId }) => marketId).join(),
    olderThan: `${staleAfterS}s`,
  };
  const presenter = new Presenter(routes);
  return {
    olderThanS: staleAfterS,
    suppliers: suppliers.map(({ station, distanceLy, offers }) => ({
      ...{ ...presenter.station(station), distanceLy },
      goods: Object.entries(offers).map(([symbol, { price, stock }]) => ({ symbol, buyPrice: price, stock })),
    })),
    plan: `/api/v1/tours/plan?${new URLSearchParams(body).toString()}`,
    order: { method: 'POST', path: '/api/v1/tours', body },
    command: `tdl tour plan ${quoted(body.commanders)} --markets ${body.markets} --older-than ${body.olderThan}`,
  };

  /** Where the commander is, if the galaxy knows it. */
  async function startOf(at: string | null): Promise<string> {
    const isKnown = at !== null && (await queries.systemById(BigInt(at))) !== null;
    return isKnown ? at : String(systemId);
  }
}
