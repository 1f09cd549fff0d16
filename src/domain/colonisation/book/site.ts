import { portName } from './construction.ts';
import { totalOf, type Tonnes } from './goods.ts';
import { newest, timeKey, union, unlessSame, type Seen } from './newest.ts';

/** A good of a site, as a depot event tells it. */
export interface DepotGood {
  /** In the language of whoever was there; null: untold. */
  readonly name: string | null;
  readonly required: number;
  readonly provided: number;
  /** Credits a tonne; null: untold. */
  readonly payment: number | null;
}

/** What the game says of a whole site to whoever is docked there. */
export interface Depot extends Seen {
  /** 0 to 1; null: untold. */
  readonly progress: number | null;
  readonly isComplete: boolean;
  readonly isFailed: boolean;
  /** By symbol. */
  readonly goods: Readonly<Record<string, DepotGood>>;
}

export interface SitePlace extends Seen {
  readonly name: string;
  readonly type: string | null;
  readonly systemName: string;
  /** id64; null: untold. */
  readonly systemId: string | null;
}

interface Delivery extends Seen {
  /** Whose; empty: unknown. */
  readonly fid: string;
  readonly goods: Tonnes;
}

/** How much of a good was counted at a site, all deliveries together; `atS` is 0 where a depot event did, which has its own time. */
interface Counted extends Seen {
  readonly tonnes: number;
}

/** When it was seen to be a port like any other, last, and who told: somebody who docked there, or the feed or a dump. */
interface SeenPort extends Seen {
  readonly by: 'docking' | 'galaxy';
}

/**
 * A site, as all that was read tells it. Two of one market are joined by {@link mergeSites}, in any order and again and
 * again with the same end: so nothing depends on which file, or which commander's, was read first.
 */
export interface Site {
  readonly marketId: number;
  /** Null: nobody who was docked there has told. */
  readonly place: SitePlace | null;
  /** The newest one. */
  readonly depot: Depot | null;
  /** The most that was ever counted, and when anything was last. */
  readonly counted: Readonly<Record<string, Counted>>;
  /** All, oldest first. */
  readonly deliveries: readonly Delivery[];
  readonly port: SeenPort | null;
}

export function emptySite(marketId: number): Site {
  return { marketId, place: null, depot: null, counted: {}, deliveries: [], port: null };
}

/** @returns `a` itself when `b` tells nothing new */
export function mergeSites(a: Site, b: Site): Site {
  const place = newest(a.place, b.place);
  const depot = newestDepot(a.depot, b.depot);
  const counted = mergeCounted(a.counted, b.counted);
  const deliveries = union(a.deliveries, b.deliveries, deliveryKey);
  const port = newest(a.port, b.port);
  return unlessSame(a, { marketId: a.marketId, place, depot, counted, deliveries, port });
}

/**
 * A site whose journals were read anew. What the commanders of these journals had told before is not believed any more; what others
 * have told stays.
 * @param fids whose journals they are
 */
export function siteReadAnew(before: Site, anew: Site, fids: ReadonlySet<string>): Site {
  const deliveries = before.deliveries.filter(({ fid }) => !fids.has(fid));
  // Somebody else was there later: what he has counted holds.
  const isOthers = (before.depot?.atS ?? 0) > (anew.depot?.atS ?? 0);
  const { depot, counted } = isOthers ? before : emptySite(anew.marketId);
  return mergeSites(anew, { ...before, depot, counted, deliveries });
}

/** Whether nothing of a site differs but when it was seen last. */
export function isOnlySeenAgain(before: Site, now: Site): boolean {
  const [was, is] = [before.depot, now.depot];
  if (was === null || is === null) return false;
  const isSame =
    before.place === now.place &&
    before.counted === now.counted &&
    before.deliveries === now.deliveries &&
    before.port === now.port;
  if (!isSame || was.goods === is.goods) return isSame;
  return JSON.stringify({ ...was, atS: 0 }) === JSON.stringify({ ...is, atS: 0 });
}

/** Of one second the one that counts more: it was written after a delivery. */
function newestDepot(a: Depot | null, b: Depot | null): Depot | null {
  if (a?.atS !== b?.atS || a === null || b === null) return newest(a, b);
  const [inA, inB] = [providedBy(a), providedBy(b)];
  return inA === inB ? newest(a, b) : inA > inB ? a : b;
}

function providedBy({ goods }: Depot): number {
  return Object.values(goods).reduce((sum, { provided }) => sum + provided, 0);
}

function mergeCounted(a: Site['counted'], b: Site['counted']): Site['counted'] {
  if (a === b) return a;
  let merged: Record<string, Counted> | null = null;
  for (const [symbol, theirs] of Object.entries(b)) {
    const ours = a[symbol];
    if (ours !== undefined && ours.tonnes >= theirs.tonnes && ours.atS >= theirs.atS) continue;
    merged ??= { ...a };
    merged[symbol] = {
      tonnes: Math.max(ours?.tonnes ?? 0, theirs.tonnes),
      atS: Math.max(ours?.atS ?? 0, theirs.atS),
    };
  }
  return merged ?? a;
}

function deliveryKey({ atS, fid, goods }: Delivery): string {
  const what = Object.keys(goods)
    .sort()
    .map((symbol) => `${symbol}=${goods[symbol]}`);
  return `${timeKey(atS)} ${fid} ${what.join()}`;
}

/** @returns a site that only a depot event tells of */
export function siteOfDepot(marketId: number, depot: Depot): Site {
  const counted = Object.entries(depot.goods).map(([symbol, { provided }]) => [
    symbol,
    { tonnes: provided, atS: 0 },
  ]);
  return { ...emptySite(marketId), depot, counted: Object.fromEntries(counted) as Site['counted'] };
}

/** A good of a site as it stands. */
export interface SiteGood {
  readonly symbol: string;
  readonly name: string | null;
  /** Null: nobody has told. */
  readonly required: number | null;
  readonly provided: number;
  /** Null where what is required is unknown. */
  readonly remaining: number | null;
  readonly payment: number | null;
}

/**
 * What the newest depot event asks for, with what was delivered since. Provided is never less than what was counted before;
 * what is required may become less.
 */
export function siteGoods({ depot, counted, deliveries }: Site): SiteGood[] {
  const since: Record<string, number> = {};
  for (const { atS, goods } of deliveries) {
    for (const [symbol, tonnes] of Object.entries(goods)) {
      if (atS > Math.max(depot?.atS ?? 0, counted[symbol]?.atS ?? 0)) {
        since[symbol] = (since[symbol] ?? 0) + tonnes;
      }
    }
  }
  const symbols = depot === null ? { ...counted, ...since } : depot.goods;
  return Object.keys(symbols).map((symbol) => {
    const good = depot?.goods[symbol];
    const provided = (counted[symbol]?.tonnes ?? 0) + (since[symbol] ?? 0);
    const required = good?.required ?? null;
    const remaining = required === null ? null : Math.max(0, required - provided);
    return {
      ...{ symbol, name: good?.name ?? null, required, provided },
      ...{ remaining, payment: good?.payment ?? null },
    };
  });
}

export type SiteState = 'planned' | 'building' | 'complete' | 'failed';

/**
 * `planned`: nobody has told yet what it takes. A flag that says complete does not make it so while something is
 * missing, nor does a progress that is nearly 1.
 */
export function siteState(site: Site): SiteState {
  const { depot, place, port } = site;
  const lastSiteAtS = Math.max(depot?.atS ?? 0, place?.atS ?? 0);
  if (depot?.isFailed === true) return 'failed';
  if (port !== null && port.atS > lastSiteAtS) return 'complete';
  if (depot === null) return 'planned';
  const isAllThere = siteGoods(site).every(({ remaining }) => remaining === 0);
  return depot.isComplete && isAllThere ? 'complete' : 'building';
}

/** Whether something is still to be brought there. */
export function isOpen(site: Site): boolean {
  return ['planned', 'building'].includes(siteState(site));
}

/** What tells that a site is complete; null: it is not. */
export function completedBy(site: Site): 'depot' | 'docking' | 'galaxy' | null {
  if (siteState(site) !== 'complete') return null;
  return siteState({ ...site, port: null }) === 'complete' ? 'depot' : (site.port?.by ?? null);
}

/** Share of what is required that is there, 0 to 1; null: unknown. Nothing that is missing rounds to 1. */
export function siteProgress(site: Site): number | null {
  if (site.depot === null) return null;
  const goods = siteGoods(site);
  const required = goods.reduce((sum, good) => sum + (good.required ?? 0), 0);
  const there = goods.reduce((sum, good) => sum + Math.min(good.provided, good.required ?? 0), 0);
  return required === 0 ? site.depot.progress : there / required;
}

/** Of a share, for people: 0.99979 is 99.97, and only 1 is 100. */
export function percentOf(share: number | null): number | null {
  return share === null ? null : Math.floor(share * 10_000 + 1e-9) / 100;
}

/** When something was last told of it, epoch seconds; null: never. */
export function siteSeenAtS({ place, depot, deliveries, port }: Site): number | null {
  const times = [place?.atS, depot?.atS, deliveries.at(-1)?.atS, port?.atS].map((atS) => atS ?? 0);
  return Math.max(...times) || null;
}

/** Whether a docking at a port of this name and system tells that the site has become it. */
export function becomesPort(
  { place }: Site,
  port: { readonly name: string; readonly systemId: string | null },
) {
  if (place === null || port.systemId === null || place.systemId !== port.systemId) return false;
  return portName(place.name)?.toLowerCase() === port.name.trim().toLowerCase();
}

/** Tonnes each commander has delivered, by FID. */
export function deliveredBy({ deliveries }: Site): Map<string, number> {
  const by = new Map<string, number>();
  for (const { fid, goods } of deliveries) by.set(fid, (by.get(fid) ?? 0) + totalOf(goods));
  return by;
}
