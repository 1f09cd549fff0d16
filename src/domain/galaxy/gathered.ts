import { joinFacts } from './facts.ts';
import type { GalaxyRecord, MarketRecord, StationRecord, SystemRecord, VendorRecord } from './records.ts';

/** Records that wait to be written, each thing once: what is told again meanwhile is merged. */
export class RecordQueue {
  readonly #max: number;
  readonly #records = new Map<string, GalaxyRecord>();
  #dropped = 0;

  /** @param max things held; what comes above it is dropped, for the feed tells it again */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Records dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  add(records: readonly GalaxyRecord[]): void {
    for (const record of records) {
      const key = `${record.kind} ${record.id} ${record.kind === 'vendor' ? record.wares : ''}`;
      const other = this.#records.get(key);
      if (other === undefined && this.#records.size >= this.#max) this.#dropped++;
      else this.#records.set(key, other === undefined ? record : merged(other, record));
    }
  }

  /** Takes the oldest ones out. */
  take(max: number): GalaxyRecord[] {
    const taken = this.#records.entries().take(max).toArray();
    for (const [key] of taken) this.#records.delete(key);
    return taken.map(([, record]) => record);
  }
}

function merged(a: GalaxyRecord, b: GalaxyRecord): GalaxyRecord {
  if (a.kind === 'system' && b.kind === 'system') return newer(a, b);
  if (a.kind === 'market' && b.kind === 'market') return mergedMarkets(a, b);
  if (a.kind === 'vendor' && b.kind === 'vendor') return newerVendor(a, b);
  const [one, other] = [a as StationRecord, b as StationRecord];
  return { ...one, facts: joinFacts(one.facts, other.facts) };
}

/** The newer one; of one second the one whose content is greater, so that order does not matter. */
export function newer<R extends Pick<SystemRecord, 'name' | 'x' | 'y' | 'z' | 'observedAtS'>>(a: R, b: R): R {
  if (a.observedAtS !== b.observedAtS) return a.observedAtS > b.observedAtS ? a : b;
  const text = ({ name, x, y, z }: R) => JSON.stringify([name, x, y, z]);
  return text(a) > text(b) ? a : b;
}

/** The newer one; of one second the one whose list is greater. */
export function newerVendor<V extends Pick<VendorRecord, 'observedAtS' | 'goods'>>(a: V, b: V): V {
  if (a.observedAtS !== b.observedAtS) return a.observedAtS > b.observedAtS ? a : b;
  return a.goods > b.goods ? a : b;
}

function mergedMarkets(a: MarketRecord, b: MarketRecord): MarketRecord {
  const isFirst = a.observedAtS === b.observedAtS ? a.software > b.software : a.observedAtS > b.observedAtS;
  return { ...(isFirst ? a : b), updates: a.updates + b.updates };
}
