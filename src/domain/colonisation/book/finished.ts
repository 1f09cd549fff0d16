import type { Queries, StationRecord } from '../../ports/store/queries.ts';
import { isConstruction, portName } from './construction.ts';
import { newest } from './newest.ts';
import { siteState, type Site } from './site.ts';

/** Stations of a system that are looked through. */
const STATIONS = 500;

/**
 * Sites that the galaxy (feed and dump) knows as ports by now: nobody of ours was there since. By market id, or by the name
 * that the port was to bear.
 * @returns those sites, closed
 */
export async function closeFinished(
  queries: Pick<Queries, 'markets' | 'stations'>,
  sites: readonly Site[],
): Promise<readonly Site[]> {
  const open = sites.filter((site) => siteState(site) === 'building' || siteState(site) === 'planned');
  if (open.length === 0) return sites;
  const closed = new Map<Site, Site>();
  const close = (site: Site, port: StationRecord | undefined) => {
    if (port === undefined || !isPort(port)) return;
    const seen = { atS: port.updatedAtS ?? 0, by: 'galaxy' } as const;
    const told = { ...site, port: newest(site.port, seen) };
    if (siteState(told) === 'complete') closed.set(site, told);
  };
  const byId = new Map(
    (await queries.markets(open.map(({ marketId }) => marketId))).map(({ station }) => [station.id, station]),
  );
  for (const site of open) {
    close(site, byId.get(site.marketId));
    const { place } = site;
    const name = portName(place?.name ?? '')?.toLowerCase() ?? null;
    const systemId = place?.systemId ?? null;
    if (closed.has(site) || name === null || systemId === null) continue;
    const { entries } = await queries.stations(
      { systemId: BigInt(systemId) },
      { limit: STATIONS, after: null },
    );
    close(site, entries.find(({ station }) => station.name.toLowerCase() === name)?.station);
  }
  return sites.map((site) => closed.get(site) ?? site);
}

/** Of a type that is known, and none that builds. */
function isPort({ name, journalType, group }: StationRecord): boolean {
  if (group === null || group === 'construction' || group === 'carrier' || group === 'megaship') return false;
  return journalType !== null && !isConstruction({ name, type: journalType, services: [] });
}
