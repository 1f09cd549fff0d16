import type { z } from 'zod';
import { placeOf, transitOf, type Carrier } from '../../../../domain/colonisation/book/carrier.ts';
import type { Commander } from '../../../../domain/colonisation/book/commander.ts';
import type { Tonnes } from '../../../../domain/colonisation/book/goods.ts';
import { contentsOf, type Hold } from '../../../../domain/colonisation/book/hold.ts';
import {
  completedBy,
  deliveredBy,
  percentOf,
  siteGoods,
  siteProgress,
  siteSeenAtS,
  siteState,
  type Site,
} from '../../../../domain/colonisation/book/site.ts';
import { isoTime } from '../../../../domain/timestamp.ts';
import type { site as siteSchema, wholeSite as wholeSiteSchema } from './schemas.ts';

/** Turns what journals have told into answers of one moment. Null is unknown. */
export class ColonisationPresenter {
  readonly #nowS: number;
  readonly #names: ReadonlyMap<string, string>;

  constructor(nowMs: number, commanders: readonly Commander[]) {
    this.#nowS = Math.floor(nowMs / 1000);
    this.#names = new Map(commanders.map(({ fid, name }) => [fid, name?.text ?? fid]));
  }

  get at(): string {
    return isoTime(this.#nowS);
  }

  site(site: Site, source: 'journals' | 'galaxy' = 'journals') {
    const { marketId, place, depot } = site;
    const goods = siteGoods(site);
    const sum = (of: (good: (typeof goods)[number]) => number) =>
      depot === null ? null : goods.reduce((total, good) => total + of(good), 0);
    return {
      marketId,
      name: place?.name ?? null,
      type: place?.type ?? null,
      systemName: place?.systemName ?? null,
      systemId: place?.systemId ?? null,
      state: siteState(site),
      completedBy: completedBy(site),
      source,
      progress: siteProgress(site),
      percent: percentOf(siteProgress(site)),
      required: sum(({ required }) => required ?? 0),
      provided: sum(({ required, provided }) => Math.min(required ?? 0, provided)),
      remaining: sum(({ remaining }) => remaining ?? 0),
      ...this.#age(siteSeenAtS(site)),
    };
  }

  /** With every good, and who brought how much. */
  wholeSite(site: Site) {
    return {
      ...this.site(site),
      goods: siteGoods(site).map((good) => ({
        ...good,
        percent: good.required === null ? null : percentOf(shareOf(good.provided, good.required)),
      })),
      delivered: [...deliveredBy(site)].map(([fid, tonnes]) => ({ commander: this.#nameOf(fid), tonnes })),
      lastDeliveryAt: isoTime(site.deliveries.at(-1)?.atS ?? null),
    };
  }

  carrier(carrier: Carrier) {
    const { carrierId, facts, orders, hold } = carrier;
    const transit = transitOf(carrier, this.#nowS);
    const place = placeOf(carrier, this.#nowS);
    return {
      carrierId,
      callsign: facts?.callsign ?? null,
      name: facts?.name ?? null,
      isSquadrons: facts?.isSquadrons ?? null,
      commander: facts === null ? null : this.#nameOf(facts.fid),
      systemName: place?.systemName ?? null,
      systemId: place?.systemId ?? null,
      transit: transit && { ...transit.to, departsAt: isoTime(transit.departsAtS) },
      capacity: facts?.capacity ?? null,
      freeSpace: facts?.freeSpace ?? null,
      fuel: facts?.fuel ?? null,
      hold: this.#hold(hold),
      orders: Object.entries(orders).flatMap(([symbol, { side, tonnes, price }]) =>
        side === null ? [] : [{ symbol, side, tonnes, price }],
      ),
      ...this.#age(facts?.atS ?? null),
    };
  }

  commander({ fid, position, ship, cargo }: Commander) {
    return {
      name: this.#nameOf(fid),
      systemName: position?.systemName ?? null,
      systemId: position?.systemId ?? null,
      station: position?.station ?? null,
      ship:
        ship === null
          ? null
          : { type: ship.type, cargoCapacity: ship.cargoCapacity, maxJumpRangeLy: ship.maxJumpRangeLy },
      cargo: this.#hold(cargo),
      ...this.#age(position?.atS ?? null),
    };
  }

  #hold(hold: Hold) {
    const contents = contentsOf(hold);
    if (contents === null) return null;
    const { goods, listedAtS, unaccounted } = contents;
    return {
      goods: listOf(goods),
      unaccounted,
      listedAt: isoTime(listedAtS),
      listAgeS: Math.max(0, this.#nowS - listedAtS),
    };
  }

  #age(atS: number | null) {
    return { seenAt: isoTime(atS), ageS: atS === null ? null : Math.max(0, this.#nowS - atS) };
  }

  #nameOf(fid: string): string | null {
    return this.#names.get(fid) ?? (fid === '' ? null : fid);
  }
}

function listOf(goods: Tonnes) {
  return Object.entries(goods)
    .map(([symbol, tonnes]) => ({ symbol, tonnes }))
    .sort((a, b) => b.tonnes - a.tonnes);
}

function shareOf(provided: number, required: number): number {
  return required === 0 ? 1 : Math.min(1, provided / required);
}

export type SiteAnswer = z.output<typeof siteSchema>;
export type WholeSiteAnswer = z.output<typeof wholeSiteSchema>;
