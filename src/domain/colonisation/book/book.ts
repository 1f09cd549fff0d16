import { emptyCarrier, mergeCarriers, type Carrier } from './carrier.ts';
import { emptyCommander, mergeCommanders, type Commander } from './commander.ts';
import type { Finding, Port } from './findings.ts';
import type { Kept } from './kept.ts';
import { becomesPort, emptySite, isOnlySeenAgain, mergeSites, siteReadAnew, type Site } from './site.ts';

/** Everything that journals have told, and what of it is new. */
export class ColonisationBook {
  readonly sites = new Map<number, Site>();
  readonly commanders = new Map<string, Commander>();
  readonly #carriers = new Map<number, Carrier>();
  readonly #changed = new Map<string, Kept>();
  /** Seen again as they were. */
  readonly #seenAgain = new Map<string, Kept>();

  /** Those that somebody commands whose journals are read. */
  get carriers(): Carrier[] {
    return [...this.#carriers.values()].filter(({ isOurs }) => isOurs);
  }

  take(findings: Iterable<Finding>): void {
    const told: Site[] = [];
    const takeSites = () => {
      const byId = Map.groupBy(told.splice(0), ({ marketId }) => marketId);
      for (const site of [...byId.values()].flatMap(joined)) this.#takeSite(site);
    };
    for (const finding of findings) {
      switch (finding.kind) {
        case 'site':
          told.push(finding.site);
          break;
        case 'port':
          // It is looked for among the sites.
          takeSites();
          this.#takePort(finding.port);
          break;
        case 'carrier':
          this.#takeCarrier(finding.carrier);
          break;
        case 'commander':
          this.#takeCommander(finding.commander);
          break;
      }
    }
    takeSites();
  }

  /**
   * What has changed since the last call, as it is now.
   * @param all also what was only seen again, as it was
   */
  takeChanged(all: boolean): Kept[] {
    const changed = [...new Map([...(all ? this.#seenAgain : []), ...this.#changed]).values()];
    for (const key of this.#changed.keys()) this.#seenAgain.delete(key);
    if (all) this.#seenAgain.clear();
    this.#changed.clear();
    return changed;
  }

  /**
   * Takes at once what journals tell that were all read anew.
   * @param isWhole none of them is missing: what they do not tell any more of a site is forgotten
   */
  swapIn(anew: ColonisationBook, isWhole: boolean): void {
    const fids = new Set(anew.commanders.keys());
    for (const site of anew.sites.values()) {
      const before = this.sites.get(site.marketId);
      if (before === undefined || !isWhole) this.#takeSite(site);
      else this.#setSite(before, siteReadAnew(before, site, fids));
    }
    for (const carrier of anew.#carriers.values()) this.#takeCarrier(carrier);
    for (const commander of anew.commanders.values()) this.#takeCommander(commander);
  }

  /** The same as it is now. */
  now(kept: Kept): Kept {
    switch (kept.kind) {
      case 'site':
        return { kind: 'site', site: this.sites.get(kept.site.marketId) ?? kept.site };
      case 'carrier':
        return { kind: 'carrier', carrier: this.#carriers.get(kept.carrier.carrierId) ?? kept.carrier };
      case 'commander':
        return { kind: 'commander', commander: this.commanders.get(kept.commander.fid) ?? kept.commander };
    }
  }

  #takeSite(told: Site): void {
    const before = this.sites.get(told.marketId) ?? emptySite(told.marketId);
    const site = mergeSites(before, told);
    if (site === before && this.sites.has(told.marketId)) return;
    this.#setSite(before, site);
  }

  #setSite(before: Site, site: Site): void {
    this.sites.set(site.marketId, site);
    const key = `site ${site.marketId}`;
    const isNew = !this.#changed.has(key) && isOnlySeenAgain(before, site);
    (isNew ? this.#seenAgain : this.#changed).set(key, { kind: 'site', site });
  }

  /** A finished port keeps its site's id, or bears the name that it was to bear. */
  #takePort(port: Port): void {
    for (const site of this.sites.values()) {
      if (site.marketId !== port.marketId && !becomesPort(site, port)) continue;
      this.#takeSite({ ...emptySite(site.marketId), port: { atS: port.atS, by: 'docking' } });
    }
  }

  #takeCarrier(told: Carrier): void {
    const before = this.#carriers.get(told.carrierId) ?? emptyCarrier(told.carrierId, false);
    const carrier = mergeCarriers(before, told);
    this.#carriers.set(told.carrierId, carrier);
    if (carrier !== before && carrier.isOurs) {
      this.#changed.set(`carrier ${carrier.carrierId}`, { kind: 'carrier', carrier });
    }
  }

  #takeCommander(told: Commander): void {
    const before = this.commanders.get(told.fid) ?? emptyCommander(told.fid);
    const commander = mergeCommanders(before, told);
    if (commander === before && this.commanders.has(told.fid)) return;
    this.commanders.set(told.fid, commander);
    this.#changed.set(`commander ${told.fid}`, { kind: 'commander', commander });
  }
}

/** What is told of one site, two by two: whenever it is joined with another all its deliveries are copied. */
function joined(sites: readonly Site[]): readonly Site[] {
  if (sites.length < 2) return sites;
  const pairs = Array.from({ length: Math.ceil(sites.length / 2) }, (_, i) =>
    sites.slice(2 * i, 2 * i + 2).reduce(mergeSites),
  );
  return joined(pairs);
}
