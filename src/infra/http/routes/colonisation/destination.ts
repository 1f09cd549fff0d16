import type { Site } from '../../../../domain/colonisation/book/site.ts';
import type { DeliveryPlace } from '../../../../domain/colonisation/supply/load-problem.ts';
import type { StationRecord, SystemRecord } from '../../../../domain/ports/store/queries.ts';
import { stopAt } from '../../../../domain/tours/scout.ts';
import { ApiError } from '../../api/errors.ts';
import { resolveSystem } from '../../api/places.ts';
import { oneSite, type Listed } from './asked.ts';
import type { BuildRoutes } from './deps.ts';

/** Where everything is brought. */
export interface Destination {
  /** Null: somewhere in the system. */
  readonly station: { readonly marketId: number; readonly name: string } | null;
  readonly system: SystemRecord;
  readonly place: DeliveryPlace;
}

/**
 * @param to `site:NAME`, `carrier:CALLSIGN` or a system; undefined: where the builds are
 * @returns null: nothing is built
 * @throws ApiError: nobody knows where that is, or the builds are in several systems
 */
export async function destinationOf(
  { asked, queries }: BuildRoutes,
  to: string | undefined,
  { all, chosen }: Listed,
): Promise<Destination | null> {
  const [, kind, name = ''] = /^(site|carrier):(.*)$/.exec(to ?? '') ?? [];
  if (kind === 'site') return atSite(oneSite(all, name));
  if (kind === 'carrier') {
    const system = await resolveSystem(queries, await asked.placeCalled(`carrier:${name}`, all));
    const carrier = asked.carrierCalled(name);
    const station = carrier && { marketId: carrier.carrierId, name: carrier.facts?.callsign ?? name };
    return inSystem(system, station ?? null, true);
  }
  if (to !== undefined) return inSystem(await resolveSystem(queries, to), null, false);
  if (chosen.length === 0) return null;
  const systems = new Map(
    chosen.flatMap((site) => (site.place === null ? [] : [[site.place.systemName.toLowerCase(), site]])),
  );
  const [site, other] = systems.values();
  if (site === undefined) {
    throw new ApiError(
      400,
      'nobody has told where these builds are: say with `to` where everything is brought',
    );
  }
  if (other === undefined) return atSite(site);
  throw new ApiError(
    400,
    `these builds are in several systems (${[...systems.values()].map(({ place }) => place?.systemName).join(', ')}): ` +
      'plan for one with `system`, or say with `to` where everything is brought: site:NAME, carrier:CALLSIGN or a system',
  );

  async function atSite(site: Site): Promise<Destination> {
    const { marketId, place } = site;
    const [known] = await queries.markets([marketId]);
    if (known !== undefined) return atStation(known.station);
    const system = place && (await asked.knownPlace(place));
    if (place === null || system === null) {
      throw new ApiError(
        404,
        `the database does not know where ${place?.name ?? marketId} is: say with \`to\` where everything is brought`,
      );
    }
    return inSystem(await resolveSystem(queries, system), { marketId, name: place.name }, false);
  }
}

function atStation(station: StationRecord): Destination {
  const { id, name, system } = station;
  return { station: { marketId: id, name }, system, place: stopAt(station) };
}

function inSystem(system: SystemRecord, station: Destination['station'], isCarrier: boolean): Destination {
  const { x, y, z } = system;
  const place = { position: { x, y, z }, lsFromStar: null, isPlanetary: null, isCarrier };
  return { station, system, place };
}
