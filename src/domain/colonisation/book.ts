import { emptyCarrier, mergeCarriers, type Carrier } from './carrier.ts';
import { emptyCommander, mergeCommanders, type Commander } from './commander.ts';
import type { Finding, Port } from './findings.ts';
import { becomesPort, emptySite, mergeSites, type Site } from './site.ts';

/** Everything that journals have told, and what of it is new. */
export class ColonisationBook {
  readonly sites = new Map<number, Site>();
  readonly commanders = new Map<string, Commander>();
  readonly #carriers = new Map<number, Carrier>();
  readonly #changed = new Map<string, Finding>();

  /** Those that somebody commands whose journals are read. */
  get carriers(): Carrier[] {
    return [...this.#carriers.values()].filter(({ isOurs }) => isOurs);
  }

  take(findings: Iterable<Finding>): void {
    for (const finding of findings) {
      switch (finding.kind) {
        case 'site':
          this.#takeSite(finding.site);
          break;
        case 'port':
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
  }

  /** What has changed since the last call, as it is now. */
  takeChanged(): Finding[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return changed;
  }

  #takeSite(told: Site): void {
    const before = this.sites.get(told.marketId) ?? emptySite(told.marketId);
    const site = mergeSites(before, told);
    if (site === before && this.sites.has(told.marketId)) return;
    this.sites.set(site.marketId, site);
    this.#changed.set(`site ${site.marketId}`, { kind: 'site', site });
  }

  /** A finished port keeps its site's id, or bears the name that it was to bear. */
  #takePort(port: Port): void {
    for (const site of this.sites.values()) {
      if (site.marketId !== port.marketId && !becomesPort(site, port)) continue;
      this.#takeSite({ ...emptySite(site.marketId), portAtS: port.atS });
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
