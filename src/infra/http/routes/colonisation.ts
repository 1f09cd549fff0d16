import { z } from 'zod';
import { placeOf } from '../../../domain/colonisation/book/carrier.ts';
import { closeFinished } from '../../../domain/colonisation/book/finished.ts';
import { goodSymbol } from '../../../domain/colonisation/book/goods.ts';
import { shoppingList, type ShoppingList } from '../../../domain/colonisation/supply/shopping-list.ts';
import { siteState, type Site } from '../../../domain/colonisation/book/site.ts';
import { supplyOf, type Seller } from '../../../domain/colonisation/supply/supply.ts';
import { didYouMean } from '../../../domain/nearest.ts';
import type { Colonisation } from '../../../domain/ports/commanders/colonisation.ts';
import { Presenter, quoteAnswer, type offer } from '../api/answers.ts';
import { ColonisationPresenter, type SiteAnswer } from '../api/colonisation-answers.ts';
import type { ApiDeps } from '../api/deps.ts';
import { parse } from '../api/endpoint.ts';
import { ApiError } from '../api/errors.ts';
import { searchParameters, seenAfter, stationFilter } from '../api/filters.ts';
import { Goods } from '../api/goods.ts';
import { addManners, answerStoreError, type ApiOptions } from '../api/manners.ts';
import * as parameters from '../api/parameters.ts';
import { refuse, type HttpApp } from '../app.ts';

/** What builds need, and who sells it. */
export interface ShoppingAnswer {
  readonly at: string;
  /** The place that distances are from; null: it is unknown. */
  readonly near: string | null;
  readonly maxAgeS: number;
  readonly sites: readonly SiteAnswer[];
  readonly summary: ShoppingList['summary'];
  readonly entries: readonly (ShoppingList['needs'][number] & { readonly supply: SupplyAnswer | null })[];
}

interface SupplyAnswer {
  readonly nearest: SellerAnswer | null;
  readonly cheapest: SellerAnswer | null;
  readonly freshest: SellerAnswer | null;
  readonly sellers: number;
  readonly stock: number;
  /** Tonnes that nobody found sells. */
  readonly shortfall: number;
}

type SellerAnswer = z.input<typeof offer> & { readonly marginPerTonne: number | null };

export interface ColonisationDeps extends ApiDeps, Pick<ApiOptions, 'questionsPerMinute'> {
  readonly colonisation: Colonisation;
  /** Anybody is answered, without a token. */
  readonly isPublic: boolean;
}

const BASE = '/api/v1/colonisation';

const sitesQuery = z.strictObject({
  system: z.string().max(128).optional(),
  state: z.enum(['open', 'planned', 'building', 'complete', 'failed', 'all']).default('open'),
});

const listQuery = z.strictObject({
  sites: parameters.names.optional(),
  system: z.string().max(128).optional(),
  capacity: parameters.whole(1, 1_000_000).optional(),
  onCarriers: z.enum(['included', 'excluded']).default('included'),
  maxAge: parameters.durationS.default(7 * 86_400),
  ...searchParameters(50),
});

/** Builds, carriers and cargo that journals tell of. They are somebody's: a token is needed, unless the operator opens them. */
export function colonisationRoutes(app: HttpApp, deps: ColonisationDeps): void {
  const { colonisation, queries, isPublic } = deps;
  const config = isPublic ? {} : ({ requires: 'journal' } as const);
  const goods = new Goods(deps);
  const presenter = () => new ColonisationPresenter(deps.now(), colonisation.commanders());
  const sites = () => closeFinished(queries, colonisation.sites());

  void app.register(async (scope) => {
    await addManners(scope, deps);
    scope.setErrorHandler<Error>((error, _request, reply) => {
      if (error instanceof ApiError) return refuse(reply, error.statusCode, error.message);
      return answerStoreError(error, reply);
    });

    scope.get(`${BASE}/sites`, { config }, async ({ query }) => {
      const { system, state } = parse(sitesQuery, query);
      const found = (await sites()).filter((site) => isIn(site, system) && isOf(site, state));
      const present = presenter();
      return { at: present.at, entries: found.sort(byName).map((site) => present.site(site)) };
    });

    scope.get(`${BASE}/sites/:site`, { config }, async ({ params }) => {
      const { site: text } = params as { readonly site: string };
      const present = presenter();
      return { at: present.at, ...present.wholeSite(oneSite(await sites(), text)) };
    });

    scope.get(`${BASE}/carriers`, { config }, () => {
      const present = presenter();
      return { at: present.at, entries: colonisation.carriers().map((each) => present.carrier(each)) };
    });

    scope.get(`${BASE}/commanders`, { config }, () => {
      const present = presenter();
      return { at: present.at, entries: colonisation.commanders().map((each) => present.commander(each)) };
    });

    scope.get(`${BASE}/watchers`, { config }, () => ({ entries: colonisation.watchers() }));

    scope.get(`${BASE}/shopping-list`, { config }, async ({ query: asked }) => {
      const query = parse(listQuery, asked);
      const all = await sites();
      const chosen =
        query.sites === undefined
          ? all.filter((site) => isIn(site, query.system) && isOf(site, 'open'))
          : query.sites.map((text) => oneSite(all, text));
      const list = shoppingList(chosen, {
        carriers: query.onCarriers === 'included' ? colonisation.carriers() : [],
        commanders: colonisation.commanders(),
        capacity: query.capacity ?? null,
      });
      const near = query.near === undefined ? await placeOfSites(chosen) : await placeCalled(query.near, all);
      const present = presenter();
      const entries =
        near === null
          ? list.needs.map((need) => ({ ...need, supply: null }))
          : await supplied(list, query, near);
      return {
        at: present.at,
        near,
        maxAgeS: query.maxAge,
        sites: chosen.map((site) => present.site(site)),
        summary: list.summary,
        entries,
      } satisfies ShoppingAnswer;
    });
  });

  /** What is to be bought, with who sells it. */
  async function supplied({ needs }: ShoppingList, query: z.output<typeof listQuery>, near: string) {
    const filter = { ...(await stationFilter(deps, { ...query, near })), ...seenAfter(deps, query.maxAge) };
    const stations = new Presenter(deps);
    const known = await goods.all();
    const bySymbol = new Map([...known.values()].map((good) => [goodSymbol(good.symbol ?? good.name), good]));
    const offered = (seller: Seller | null, payment: number | null) =>
      seller && {
        ...stations.station(seller.station),
        ...quoteAnswer(seller.quote),
        distanceLy: seller.distanceLy,
        marginPerTonne: payment === null ? null : payment - seller.quote.supplyPrice,
      };
    return Promise.all(
      needs.map(async (need) => {
        const good = bySymbol.get(need.symbol);
        if (good === undefined || need.toBuy === 0) return { ...need, supply: null };
        const { nearest, cheapest, freshest, sellers, stock } = await supplyOf(
          queries,
          good.commodityId,
          filter,
        );
        const { payment, toBuy } = need;
        return {
          ...{ ...need, name: good.name },
          supply: {
            nearest: offered(nearest, payment),
            cheapest: offered(cheapest, payment),
            freshest: offered(freshest, payment),
            ...{ sellers, stock, shortfall: Math.max(0, toBuy - stock) },
          },
        };
      }),
    );
  }

  /** `commander:NAME`, `carrier:CALLSIGN`, `site:NAME` are where they are; anything else is a place of the galaxy. */
  async function placeCalled(text: string, all: readonly Site[]): Promise<string> {
    const [, kind, name = ''] = /^(commander|carrier|site):(.*)$/.exec(text) ?? [];
    if (kind === undefined) return text;
    const place =
      kind === 'site'
        ? oneSite(all, name).place
        : kind === 'carrier'
          ? placeOfCarrier(name)
          : positionOf(name);
    if (place === null) throw new ApiError(404, `nobody has told where ${kind} ${name} is`);
    return (await knownPlace(place)) ?? place.systemName;
  }

  /** Where the first of them is that the galaxy knows the system of. */
  async function placeOfSites(chosen: readonly Site[]): Promise<string | null> {
    for (const { place } of chosen) {
      const known = place === null ? null : await knownPlace(place);
      if (known !== null) return known;
    }
    return null;
  }

  /** Null: the galaxy does not know the system. */
  async function knownPlace({
    systemId,
    systemName,
  }: {
    readonly systemId: string | null;
    readonly systemName: string;
  }) {
    if (systemId !== null && (await queries.systemById(BigInt(systemId))) !== null) return systemId;
    return (await queries.systemsNamed(systemName)).length === 1 ? systemName : null;
  }

  function placeOfCarrier(name: string) {
    const key = name.toLowerCase();
    const carrier = colonisation
      .carriers()
      .find(({ facts, carrierId }) => [facts?.callsign?.toLowerCase(), String(carrierId)].includes(key));
    return carrier === undefined ? null : placeOf(carrier, Math.floor(deps.now() / 1000));
  }

  function positionOf(name: string) {
    const key = name.toLowerCase();
    const commander = colonisation.commanders().find((each) => each.name?.text.toLowerCase() === key);
    return commander?.position ?? null;
  }
}

/** By market id, or by name. @throws ApiError 404: there is none; 400: several */
function oneSite(sites: readonly Site[], text: string): Site {
  const key = text.trim().toLowerCase();
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

function isIn({ place }: Site, system: string | undefined): boolean {
  if (system === undefined) return true;
  const key = system.trim().toLowerCase();
  return place?.systemName.toLowerCase() === key || place?.systemId === key;
}

function isOf(site: Site, wanted: z.output<typeof sitesQuery>['state']): boolean {
  const state = siteState(site);
  if (wanted === 'open') return state === 'planned' || state === 'building';
  return wanted === 'all' || wanted === state;
}

function byName(a: Site, b: Site): number {
  const key = ({ place, marketId }: Site) => `${place?.systemName ?? '~'} ${place?.name ?? ''} ${marketId}`;
  return key(a) < key(b) ? -1 : 1;
}
