import { IMPORT_ROWS_AT_ONCE } from '../../../../domain/ports/store/galaxy-store.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Link } from '../connection.ts';
import { rowFault } from '../errors.ts';

/** How the advisory locks of stations are waited for (`TDL_LISTENER_LOCK_*`). */
export interface LockTuning {
  /** What one attempt after the first waits at most, all busy stations together. */
  readonly timeoutMs: number;
  /** Attempts in all before a station is put off. */
  readonly maxRetries: number;
  /** Wait after the first attempt; doubles with each further one. */
  readonly backoffStartMs: number;
}

/** The lock of a station, by which Trade Dangerous' own writers and we stay out of each other's way. */
function lockName(stationId: number | bigint): string {
  return `'td.station.${stationId}'`;
}

/**
 * Takes the locks that are free within `waitMs` (shared by all of them). They belong to the connection: COMMIT keeps
 * them, and they end with it.
 *
 * @returns for each station whether we hold its lock
 */
async function takeLocks(
  link: Link,
  stationIds: readonly (number | bigint)[],
  waitMs: number,
): Promise<boolean[]> {
  const seconds = waitMs / 1000 / stationIds.length;
  const locks = stationIds.map((id) => `IFNULL(GET_LOCK(${lockName(id)}, ${seconds}), 0)`);
  try {
    // One column that is always called the same: for every other set of names the driver compiles a function, and keeps it.
    const sql = `SELECT CONCAT_WS(',', ${locks.join()}) AS held`;
    const [[held] = []] = await link.rows(sql, waitMs + link.timeoutMs);
    return String(held)
      .split(',')
      .map((got) => got === '1');
  } catch (error) {
    if (rowFault(error) === undefined) throw error;
    // Two writers waited for each other: the server refused one of them, with what it already held.
    await releaseLocks(link, stationIds);
    return stationIds.map(() => false);
  }
}

/** By name, for an import keeps a lock of its own meanwhile. Those not held are no matter. */
async function releaseLocks(link: Link, stationIds: readonly (number | bigint)[]): Promise<void> {
  await link.run(`DO ${stationIds.map((id) => `RELEASE_LOCK(${lockName(id)})`).join()}`);
}

/** Something done with stations, some at a time, under their locks. */
export interface StationWork<T> {
  readonly link: Link;
  readonly idOf: (station: T) => number | bigint;
  /** About how many rows it is. */
  readonly rowsOf: (station: T) => number;
  /** @returns those that are to be tried again */
  readonly run: (held: readonly T[]) => Promise<readonly T[]>;
}

/** By which programs tell each other of an import. Source: Trade Dangerous' listener looks for it. */
export const IMPORT_LOCK = "'td.spansh.import'";

/** Held at once: a few tenths of a second. */
const STATIONS_AT_ONCE = 1_000;

/**
 * Works on the stations whose locks are free within `waitMs`, in groups.
 *
 * @param stations ascending id: everybody who takes several locks in this order waits for nobody who waits for him
 * @returns the others
 */
export async function underLocks<T>(
  work: StationWork<T>,
  stations: readonly T[],
  waitMs: number,
): Promise<T[]> {
  const { link, idOf, run } = work;
  const busy: T[] = [];
  for (const group of groups(work, stations)) {
    const ids = group.map(idOf);
    const held = await takeLocks(link, ids, waitMs);
    busy.push(...group.filter((_, i) => held[i] !== true));
    try {
      busy.push(...(await run(group.filter((_, i) => held[i] === true))));
    } finally {
      // The locks of a lost connection are gone with it.
      if (!link.lost) await releaseLocks(link, ids);
    }
  }
  return busy;
}

/** As Trade Dangerous' importer waits for a station. */
const PATIENT_WAIT_MS = 5_000;
const PAUSE_MS = 250;

/** The same, until all are done: waits for one station at a time, so that nothing is held meanwhile. */
export async function untilAllDone<T>(
  work: StationWork<T>,
  stations: readonly T[],
  signal: AbortSignal,
): Promise<void> {
  let busy = await underLocks(work, stations, 0);
  while (busy.length > 0) {
    const [first, ...others] = busy;
    const still = await underLocks(work, first === undefined ? [] : [first], PATIENT_WAIT_MS);
    if (still.length > 0) await sleep(PAUSE_MS, undefined, { signal });
    busy = [...(await underLocks(work, others, 0)), ...still];
  }
}

function* groups<T>({ rowsOf }: StationWork<T>, stations: readonly T[]): Generator<T[]> {
  let group: T[] = [];
  let rows = 0;
  for (const station of stations) {
    if (group.length === STATIONS_AT_ONCE || rows > IMPORT_ROWS_AT_ONCE) {
      yield group;
      group = [];
      rows = 0;
    }
    group.push(station);
    rows += rowsOf(station);
  }
  if (group.length > 0) yield group;
}

/** The wait after an attempt, doubling. */
export async function backOff({ backoffStartMs }: LockTuning, attempt: number): Promise<void> {
  await sleep(backoffStartMs * 2 ** (attempt - 1));
}
