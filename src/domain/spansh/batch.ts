import { rowCount } from '../market/snapshot.ts';
import type { DumpRecords, SeenItem, SeenShip, SeenUpgrade, StagedStation, SystemRow } from './records.ts';

/** Collects systems and stations so that each id is there once: the newest of what was told about it. */
export class BatchRows {
  readonly #systems = new Map<bigint, SystemRow>();
  readonly #stations = new Map<bigint, StagedStation>();

  addSystem(system: SystemRow): void {
    const other = this.#systems.get(system.id);
    if (other === undefined || system.modifiedS >= other.modifiedS) this.#systems.set(system.id, system);
  }

  addStation(station: StagedStation): void {
    const other = this.#stations.get(station.id);
    this.#stations.set(station.id, other === undefined ? station : merged(other, station));
  }

  get systems(): SystemRow[] {
    return [...this.#systems.values()];
  }

  get stations(): StagedStation[] {
    return [...this.#stations.values()];
  }
}

/** Gathers what batches say until it is worth a transaction. */
export class GatheredRecords {
  readonly #rows = new BatchRows();
  readonly #items: SeenItem[] = [];
  readonly #ships: SeenShip[] = [];
  readonly #upgrades: SeenUpgrade[] = [];
  #size = 0;

  /** About how many rows it is. */
  get size(): number {
    return this.#size;
  }

  add({ systems, stations, items, ships, upgrades }: DumpRecords): void {
    for (const system of systems) this.#rows.addSystem(system);
    for (const station of stations) {
      this.#rows.addStation(station);
      this.#size += stationSize(station);
    }
    this.#items.push(...items);
    this.#ships.push(...ships);
    this.#upgrades.push(...upgrades);
    this.#size += systems.length + items.length + ships.length + upgrades.length;
  }

  records(): DumpRecords {
    return {
      systems: this.#rows.systems,
      stations: this.#rows.stations,
      items: this.#items,
      ships: this.#ships,
      upgrades: this.#upgrades,
    };
  }
}

/** How many rows of the database a station is. */
export function stationSize({ market, shipyard, outfitting }: StagedStation): number {
  const marketRows = market === null ? 0 : rowCount(market);
  return 1 + marketRows + (shipyard?.ids.length ?? 0) + (outfitting?.ids.length ?? 0);
}

function merged(earlier: StagedStation, later: StagedStation): StagedStation {
  return {
    id: later.id,
    row: newer(earlier.row, later.row, ({ modifiedS }) => modifiedS),
    market: newer(earlier.market, later.market, observedAtS),
    shipyard: newer(earlier.shipyard, later.shipyard, observedAtS),
    outfitting: newer(earlier.outfitting, later.outfitting, observedAtS),
  };
}

const observedAtS = (block: { readonly observedAtS: number }) => block.observedAtS;

/** Of equally old ones the one that came last. */
function newer<T>(earlier: T | null, later: T | null, timeS: (part: T) => number): T | null {
  if (earlier === null || later === null) return later ?? earlier;
  return timeS(later) >= timeS(earlier) ? later : earlier;
}
