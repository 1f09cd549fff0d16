import { isOnlySeenAgain, type Site } from '../../../../domain/colonisation/book/site.ts';
import { nameKey } from '../../../../domain/names.ts';
import type { Colonisation } from '../../../../domain/ports/commanders/colonisation.ts';

/** What changes within so long is told together. */
const GATHER_MS = 20;

/** Counts what changes, and tells in which systems. Being seen again is no change. */
export class SiteChanges {
  /** Grows with every change; begins anew with the daemon. */
  seq = 0;
  readonly #colonisation: Colonisation;
  readonly #listeners = new Set<(systems: ReadonlySet<string>) => void>();
  readonly #leave: () => void;
  #sites: ReadonlyMap<number, Site>;
  #others: readonly unknown[];
  #timer: NodeJS.Timeout | undefined;

  constructor(colonisation: Colonisation) {
    this.#colonisation = colonisation;
    this.#sites = this.#sitesNow();
    this.#others = this.#othersNow();
    this.#leave = colonisation.onChange(() => {
      this.#timer ??= setTimeout(() => this.#look(), GATHER_MS);
    });
  }

  /** @returns calls back no more */
  follow(listener: (systems: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#leave();
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    const [before, othersBefore] = [this.#sites, this.#others];
    this.#sites = this.#sitesNow();
    this.#others = this.#othersNow();
    const systems = new Set<string>();
    for (const site of this.#sites.values()) {
      const was = before.get(site.marketId);
      if (was === site || (was !== undefined && isOnlySeenAgain(was, site))) continue;
      for (const each of [was, site]) systems.add(nameKey(each?.place?.systemName ?? ''));
    }
    const isSame =
      systems.size === 0 &&
      othersBefore.length === this.#others.length &&
      othersBefore.every((each, at) => each === this.#others[at]);
    if (isSame) return;
    this.seq += 1;
    for (const listener of this.#listeners) listener(systems);
  }

  #sitesNow(): ReadonlyMap<number, Site> {
    return new Map(this.#colonisation.sites().map((site) => [site.marketId, site]));
  }

  #othersNow(): readonly unknown[] {
    return [...this.#colonisation.carriers(), ...this.#colonisation.commanders()];
  }
}
