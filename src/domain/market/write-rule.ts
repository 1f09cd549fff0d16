import { cleanName, nameKey } from '../names.ts';
import { MARKET_NAME_DISAGREES, type WriteOutcome } from './outcome.ts';
import type { Snapshot } from './snapshot.ts';

/** What a database knows of a station before a snapshot is written. `Id` is the adapter's exact 64-bit type. */
export interface StoredStation<Id> {
  readonly name: string;
  readonly systemId: Id;
  readonly systemName: string;
  /** Carriers move as they like. */
  readonly isCarrier: boolean;
  /** When it was last seen where it is, epoch seconds; `Station.modified` where nothing else tells. */
  readonly placedS: number;
  /** The newest `StationItem.modified` of the station; null when it has no rows. */
  readonly newestAtS: number | null;
}

/** An observation that has left no rows, and must be remembered. */
export interface Remembered {
  /**
   * `clear`: the newest empty list, under whatever name. `claim`: a message gave the station another name and another
   * system than it has.
   */
  readonly kind: 'clear' | 'claim';
  readonly name: string;
  readonly systemName: string;
  readonly observedAtS: number;
}

/** Of one market the newest of each kind. */
export type Memory = Readonly<Partial<Record<Remembered['kind'], Remembered>>>;

export interface StoredMarket<Id> {
  /** Undefined: in no table. */
  readonly station: StoredStation<Id> | undefined;
  /**
   * Ids of the known systems that bear the snapshot's system name; only read when the station is unknown or its stored
   * system has another name.
   */
  readonly systems: readonly Id[];
  /** null: nothing can be remembered. */
  readonly memory: Memory | null;
  /** Nobody has observed anything later (domain/now.ts): what is stored with such a time is older than anything. */
  readonly notAfterS: number;
}

/** Either an outcome at once, or: replace all rows of the station, having created or moved it first. */
export type WriteDecision<Id> = (
  | { readonly write: false; readonly outcome: WriteOutcome }
  | {
      readonly write: true;
      readonly station: 'known' | 'created' | 'moved';
      readonly systemId: Id;
      /** It gets the snapshot's name, too. */
      readonly isRenamed: boolean;
    }
) & {
  readonly remember?: Remembered;
  /** What is remembered and does not hold any more; before anything is remembered. */
  readonly forget?: readonly Remembered['kind'][];
};

/** Names are compared as Trade Dangerous' collations do: without case, without outer blanks. */
export function sameName(a: string, b: string): boolean {
  // What is stored may have been written before names were cleaned, or by others.
  return nameKey(cleanName(a)) === nameKey(cleanName(b));
}

/** Whether a batch may leave something to be remembered: an empty list leaves no row. */
export function needsMemory(batch: readonly Snapshot[]): boolean {
  return batch.some(({ rows }) => rows.length === 0);
}

/** A stored time, if anybody can have observed something then. */
export function believedS(storedS: number | null | undefined, notAfterS: number): number | null {
  return storedS === null || storedS === undefined || storedS > notAfterS ? null : storedS;
}

/**
 * Whether a dump's market (shipyard, outfitting) is newer than what is stored of it. @param clear remembered, and whose
 * name is the station's
 */
export function isNewer(
  observedAtS: number,
  storedS: number | null,
  notAfterS: number,
  clear?: Remembered,
): boolean {
  const newestS = Math.max(
    believedS(storedS, notAfterS) ?? -1,
    believedS(clear?.observedAtS, notAfterS) ?? -1,
  );
  return observedAtS > newestS;
}

/**
 * Whether somebody gives a station that is known another name *and* another system. Carriers but for, whose moves their
 * type explains, that is another station under a wrong id as often as not: one message alone proves nothing.
 *
 * @param systems ids of the systems that bear the name that is told
 */
export function isMixedIdentity<Id>(
  toldName: string,
  systems: readonly Id[],
  stored: Pick<StoredStation<Id>, 'name' | 'systemId' | 'isCarrier'>,
): boolean {
  return !stored.isCarrier && !systems.includes(stored.systemId) && !sameName(toldName, stored.name);
}

/**
 * The EDDN write rule for one station (docs/architecture.md): the newest observation wins, whole station at a time, in
 * whatever order observations come.
 */
export function decideWrite<Id>(snapshot: Snapshot, market: StoredMarket<Id>): WriteDecision<Id> {
  const { station, systems, memory, notAfterS } = market;
  const { stationName, systemName, observedAtS } = snapshot;
  const empty = snapshot.rows.length === 0;
  const observed = (kind: Remembered['kind']) => ({ kind, name: stationName, systemName, observedAtS });
  const refuse = (outcome: WriteOutcome): WriteDecision<Id> => ({ write: false, outcome });

  const clearedS = holdsFor(memory?.clear, snapshot, station)
    ? believedS(memory?.clear?.observedAtS, notAfterS)
    : null;
  const newestS = Math.max(clearedS ?? -1, believedS(station?.newestAtS, notAfterS) ?? -1);
  if (observedAtS < newestS) return refuse({ status: 'stale', storedAtS: newestS });

  const kinds = settled(memory, observedAtS);
  const forget = kinds.length === 0 ? {} : { forget: kinds };
  if (station === undefined) {
    if (empty) {
      if (memory === null) return refuse({ status: 'invalid', reason: 'empty list for an unknown market' });
      // Whatever older observation comes later, this one was seen after it.
      return {
        write: false,
        outcome: { status: 'written', rows: 0, station: 'unknown' },
        remember: observed('clear'),
      };
    }
    return systems[0] === undefined || systems.length > 1
      ? refuse({ status: 'unknownSystem' })
      : { write: true, station: 'created', systemId: systems[0], isRenamed: false, ...forget };
  }
  if (empty && !sameName(stationName, station.name)) {
    return refuse({ status: 'invalid', reason: MARKET_NAME_DISAGREES });
  }
  const place = placeOf(snapshot, station, market);
  if (!place.write) return place;
  if (empty && place.station === 'known' && station.newestAtS === null && clearedS === observedAtS) {
    // Another daemon, or an earlier try, has remembered it.
    return refuse({ status: 'written', rows: 0, station: 'known' });
  }
  return { ...place, ...forget, ...(empty ? { remember: observed('clear') } : {}) };
}

/** Where a snapshot puts a station that is known. */
function placeOf<Id>(
  { stationName, systemName, observedAtS, isConfirmed = false }: Snapshot,
  station: StoredStation<Id>,
  { systems, memory, notAfterS }: StoredMarket<Id>,
): WriteDecision<Id> {
  const stays = { write: true, station: 'known', systemId: station.systemId, isRenamed: false } as const;
  if (sameName(systemName, station.systemName) || systems.includes(station.systemId)) return stays;
  const [systemId, ...others] = systems;
  if (systemId === undefined || others.length > 0)
    return { write: false, outcome: { status: 'unknownSystem' } };
  const isMixed = isMixedIdentity(stationName, systems, station);
  if (isMixed && !isConfirmed && !confirms(memory?.claim, { stationName, systemName, observedAtS })) {
    const claim = { kind: 'claim', name: stationName, systemName, observedAtS } as const;
    const isNewest = observedAtS >= (memory?.claim?.observedAtS ?? -1);
    return { write: false, outcome: { status: 'unconfirmed' }, ...(isNewest ? { remember: claim } : {}) };
  }
  return observedAtS < (believedS(station.placedS, notAfterS) ?? -1)
    ? stays
    : { write: true, station: 'moved', systemId, isRenamed: isMixed };
}

/** A later message says the same: two of them are no mistake. */
function confirms(
  claim: Remembered | undefined,
  { stationName, systemName, observedAtS }: Pick<Snapshot, 'stationName' | 'systemName' | 'observedAtS'>,
): boolean {
  return (
    claim !== undefined &&
    claim.observedAtS < observedAtS &&
    sameName(claim.name, stationName) &&
    sameName(claim.systemName, systemName)
  );
}

/** An empty list may come under a wrong id: it counts for the station whose name it had. */
function holdsFor(
  clear: Remembered | undefined,
  { stationName }: Snapshot,
  station: Pick<StoredStation<unknown>, 'name'> | undefined,
): boolean {
  if (clear === undefined) return false;
  return sameName(clear.name, stationName) || (station !== undefined && sameName(clear.name, station.name));
}

/** What rows that are written settle of what was remembered; of an older observation a newer claim stands. */
function settled(memory: Memory | null, observedAtS: number): readonly Remembered['kind'][] {
  return Object.values(memory ?? {})
    .filter(({ kind, observedAtS: rememberedS }) => kind === 'clear' || rememberedS <= observedAtS)
    .map(({ kind }) => kind);
}
