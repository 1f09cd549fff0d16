import { believedS } from '../market/write-rule.ts';
import type { SystemRow } from './records.ts';

/**
 * What a database holds already, so that what a dump repeats is not even parsed. Over shared memory: threads look it up
 * without a copy. Rows in one order everywhere, ascending id; times in epoch seconds, {@link NEVER} for none.
 */
export interface Known {
  readonly systems: {
    readonly ids: BigInt64Array;
    /** `System.modified`. */
    readonly modifiedS: Float64Array;
    /** {@link systemContent}: v12 systems are all of 1970, so time alone does not tell a renamed one. */
    readonly content: Uint32Array;
  };
  readonly stations: {
    readonly ids: BigInt64Array;
    /** `Station.modified`; one second less for a row that the feed made, which a dump of the same second completes. */
    readonly rowS: Float64Array;
    /**
     * A `StationItem.modified` of the station, and likewise below. Rows of a station are written together, so one tells
     * the time of all, and the others are not read: they are most of a database. Where another program has left older
     * ones, one of those costs a second look at the station, no more.
     */
    readonly marketS: Float64Array;
    readonly shipyardS: Float64Array;
    readonly outfittingS: Float64Array;
  };
}

export const NEVER = -1;

/** Room for so many systems and stations; times are {@link NEVER}, the caller fills in the rest. */
export function allocateKnown(systems: number, stations: number): Known {
  const ids = (count: number) => new BigInt64Array(new SharedArrayBuffer(count * 8));
  const times = (count: number) => new Float64Array(new SharedArrayBuffer(count * 8)).fill(NEVER);
  return {
    systems: {
      ids: ids(systems),
      modifiedS: times(systems),
      content: new Uint32Array(new SharedArrayBuffer(systems * 4)),
    },
    stations: {
      ids: ids(stations),
      rowS: times(stations),
      marketS: times(stations),
      shipyardS: times(stations),
      outfittingS: times(stations),
    },
  };
}

/** @returns the index of an id in an ascending array; -1 when it is not there */
export function findId(ids: BigInt64Array, id: bigint): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle] ?? 0n;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Whether a dump's system would change nothing. */
export function isKnownSystem({ systems }: Known, system: SystemRow, notAfterS: number): boolean {
  const index = findId(systems.ids, system.id);
  const knownS = believedS(systems.modifiedS[index], notAfterS) ?? NEVER;
  return system.modifiedS === knownS
    ? systems.content[index] === systemContent(system)
    : system.modifiedS < knownS;
}

/**
 * A hash of what a dump can change of a system besides its time: FNV-1a, 32 bits. Coordinates count as FLOAT columns
 * hold them.
 */
export function systemContent({ name, x, y, z }: Pick<SystemRow, 'name' | 'x' | 'y' | 'z'>): number {
  const text = `${name}\n${Math.fround(x)}\n${Math.fround(y)}\n${Math.fround(z)}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
