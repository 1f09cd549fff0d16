import { z } from 'zod';
import { placeOf } from '../../../../domain/colonisation/book/carrier.ts';
import { closeFinished } from '../../../../domain/colonisation/book/finished.ts';
import { isOpen, siteState, type Site } from '../../../../domain/colonisation/book/site.ts';
import { shoppingList, type ShoppingList } from '../../../../domain/colonisation/supply/shopping-list.ts';
import { didYouMean } from '../../../../domain/nearest.ts';
import { nameKey } from '../../../../domain/names.ts';
import type { Colonisation } from '../../../../domain/ports/commanders/colonisation.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { ApiError } from '../../api/errors.ts';
import { searchParameters } from '../../api/filters.ts';
import * as parameters from '../../api/parameters.ts';

export const STATES = ['open', 'planned', 'building', 'complete', 'failed', 'all'] as const;

/** Whose needs, and which sellers. */
export const listParameters = {
  sites: parameters.names.optional().describe('Market ids or names of builds, separated by commas'),
  system: z.string().max(128).optional().describe('All open builds in this system; else all there are'),
  capacity: parameters.whole(1, 1_000_000).optional().describe('Tonnes a flight'),
  onCarriers: z.enum(['included', 'excluded']).default('included').describe('What carriers hold counts'),
  maxAge: parameters.durationS.default(7 * 86_400).describe('Only markets seen within this time'),
  ...searchParameters(50),
  near: parameters.place
    .optional()
    .describe(
      'A system, a point `x,y,z`, `site:NAME`, `commander:NAME` or `carrier:CALLSIGN`; else the builds',
    ),
};

export type ListQuery = z.output<z.ZodObject<typeof listParameters>>;

/** What is asked for, looked up. */
export interface Listed {
  /** All that are known. */
  readonly all: readonly Site[];
  readonly chosen: readonly Site[];
  readonly list: ShoppingList;
}

/** Finds what questions about builds name. */
export class Asked {
  readonly #deps: ApiDeps;
  readonly #colonisation: Colonisation;

  constructor(deps: ApiDeps & { readonly colonisation: Colonisation }) {
    this.#deps = deps;
    this.#colonisation = deps.colonisation;
  }

  /** Builds that journals tell of. */
  sites(): Promise<readonly Site[]> {
    return closeFinished(this.#deps.queries, this.#colonisation.sites());
  }

  async listed(
    query: Pick<ListQuery, 'sites' | 'system' | 'onCarriers'>,
    capacity: number | null,
  ): Promise<Listed> {
    const all = await this.sites();
    const chosen =
      query.sites === undefined
        ? all.filter((site) => isIn(site, query.system) && isOf(site, 'open'))
        : query.sites.map((text) => oneSite(all, text));
    const list = shoppingList(chosen, {
      carriers: query.onCarriers === 'included' ? this.#colonisation.carriers() : [],
      commanders: this.#colonisation.commanders(),
      capacity,
    });
    return { all, chosen, list };
  }

  /** `commander:NAME`, `carrier:CALLSIGN`, `site:NAME` are where they are; anything else is a place of the galaxy. */
  async placeCalled(text: string, all: readonly Site[]): Promise<string> {
    const [, kind, name = ''] = /^(commander|carrier|site):(.*)$/.exec(text) ?? [];
    if (kind === undefined) return text;
    const place =
      kind === 'site'
        ? oneSite(all, name).place
        : kind === 'carrier'
          ? this.#placeOfCarrier(name)
          : this.#positionOf(name);
    if (place === null) throw new ApiError(404, `nobody has told where ${kind} ${name} is`);
    return (await this.knownPlace(place)) ?? place.systemName;
  }

  /** Where the first of them is that the galaxy knows the system of. */
  async placeOfSites(chosen: readonly Site[]): Promise<string | null> {
    for (const { place } of chosen) {
      const known = place === null ? null : await this.knownPlace(place);
      if (known !== null) return known;
    }
    return null;
  }

  /** Null: the galaxy does not know the system. */
  async knownPlace({
    systemId,
    systemName,
  }: {
    readonly systemId: string | null;
    readonly systemName: string;
  }) {
    const { queries } = this.#deps;
    if (systemId !== null && (await queries.systemById(BigInt(systemId))) !== null) return systemId;
    return (await queries.systemsNamed(systemName)).length === 1 ? systemName : null;
  }

  carrierCalled(name: string) {
    const key = nameKey(name);
    return this.#colonisation
      .carriers()
      .find(({ facts, carrierId }) => [facts?.callsign?.toLowerCase(), String(carrierId)].includes(key));
  }

  #placeOfCarrier(name: string) {
    const carrier = this.carrierCalled(name);
    return carrier === undefined ? null : placeOf(carrier, Math.floor(this.#deps.now() / 1000));
  }

  #positionOf(name: string) {
    const key = name.toLowerCase();
    const commander = this.#colonisation.commanders().find((each) => each.name?.text.toLowerCase() === key);
    return commander?.position ?? null;
  }
}

/** By market id, or by name. @throws ApiError 404: there is none; 400: several */
export function oneSite(sites: readonly Site[], text: string): Site {
  const key = nameKey(text);
  const called = ({ marketId, place }: Site) => String(marketId) === key || place?.name.toLowerCase() === key;
  const endsSo = ({ place }: Site) => place?.name.toLowerCase().endsWith(`: ${key}`) === true;
  const found = sites.filter(called);
  const [site, ...others] = found.length > 0 ? found : sites.filter(endsSo);
  if (site === undefined) {
    const names = sites.flatMap(({ place }) => (place === null ? [] : [place.name]));
    throw new ApiError(404, `no build is called ${text}: ${didYouMean(text, names, 'see the list of all')}`);
  }
  if (others.length > 0) {
    const ids = [site, ...others].map(({ marketId }) => marketId);
    throw new ApiError(
      400,
      `${ids.length} builds are called ${text}: give the market id, one of ${ids.join(', ')}`,
    );
  }
  return site;
}

export function isIn({ place }: Site, system: string | undefined): boolean {
  if (system === undefined) return true;
  const key = nameKey(system);
  return place?.systemName.toLowerCase() === key || place?.systemId === key;
}

export function isOf(site: Site, wanted: (typeof STATES)[number]): boolean {
  if (wanted === 'open') return isOpen(site);
  return wanted === 'all' || wanted === siteState(site);
}
