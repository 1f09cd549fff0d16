import { cleanName, nameKey } from '../names.ts';
import { MARKET_NAME_DISAGREES, type WriteOutcome, type Written } from './outcome.ts';
import type { Snapshot } from './snapshot.ts';

/** What a database knows of a station before a snapshot is written. `Id` is the adapter's exact 64-bit type. */
export interface StoredStation<Id> {
  readonly name: string;
  readonly systemId: Id;
  readonly systemName: string;
  /** When it was last seen where it is, epoch seconds; `Station.modified` where nothing else tells. */
  readonly placedS: number;
  /** The newest `StationItem.modified` of the station; null when it has no rows. */
  readonly newestAtS: number | null;
}

/** Either an outcome at once, or: replace all rows of the station, having created or moved it first. */
export type WriteDecision<Id> =
  | { readonly write: false; readonly outcome: WriteOutcome }
  | { readonly write: true; readonly station: Written['station']; readonly systemId: Id };

/** Names are compared as Trade Dangerous' collations do: without case, without outer blanks. */
export function sameName(a: string, b: string): boolean {
  // What is stored may have been written before names were cleaned, or by others.
  return nameKey(cleanName(a)) === nameKey(cleanName(b));
}

/**
 * The EDDN write rule for one station (docs/architecture.md): the newest observation wins, whole station at a time.
 *
 * @param systems ids of the known systems that bear `snapshot.systemName`; only read when the station is unknown or
 * its stored system has another name
 */
export function decideWrite<Id>(
  snapshot: Snapshot,
  stored: StoredStation<Id> | undefined,
  systems: readonly Id[],
): WriteDecision<Id> {
  const empty = snapshot.rows.length === 0;
  const refuse = (outcome: WriteOutcome): WriteDecision<Id> => ({ write: false, outcome });

  if (stored === undefined) {
    if (empty) return refuse({ status: 'invalid', reason: 'empty list for an unknown market' });
    return systems[0] === undefined || systems.length > 1
      ? refuse({ status: 'unknownSystem' })
      : { write: true, station: 'created', systemId: systems[0] };
  }
  if (stored.newestAtS !== null && snapshot.observedAtS < stored.newestAtS) {
    return refuse({ status: 'stale', storedAtS: stored.newestAtS });
  }
  if (empty && !sameName(snapshot.stationName, stored.name)) {
    return refuse({ status: 'invalid', reason: MARKET_NAME_DISAGREES });
  }
  const stays = { write: true, station: 'known', systemId: stored.systemId } as const;
  if (sameName(snapshot.systemName, stored.systemName) || systems.includes(stored.systemId)) return stays;
  const [systemId, ...others] = systems;
  if (systemId === undefined || others.length > 0) return refuse({ status: 'unknownSystem' });
  return snapshot.observedAtS < stored.placedS ? stays : { write: true, station: 'moved', systemId };
}
