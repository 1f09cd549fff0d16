import type { GalaxyStore, PublishedStation } from '../../domain/ports/store/galaxy-store.ts';
import { fileLines } from './file-lines.ts';

/** Stations compared and demoted in one transaction. */
const STATIONS_A_BATCH = 100;

/**
 * Makes baseline of exactly what `listings.csv` has. The public file itself is the list: so it does not matter when the
 * program was killed, nor who wrote to the database since. Can be run again at any time.
 *
 * @returns stations that became baseline
 * @throws when the file is not there; StoreError; the signal's reason
 */
export async function demotePublished(
  store: GalaxyStore,
  listings: string,
  signal: AbortSignal,
): Promise<number> {
  const live = new Set(Array.from(await store.liveStations(signal), String));
  let demoted = 0;
  const batch: PublishedStation[] = [];
  for await (const stations of publishedStations(listings, live, signal)) {
    batch.push(...stations);
    while (batch.length >= STATIONS_A_BATCH) {
      demoted += await store.demote(batch.splice(0, STATIONS_A_BATCH), signal);
    }
  }
  return batch.length === 0 ? demoted : demoted + (await store.demote(batch, signal));
}

/** Of the stations in the file, which keeps the lines of each together, those that are wanted; some at a time. */
async function* publishedStations(
  listings: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<PublishedStation[]> {
  let id = '';
  let lines: string[] | null = null;
  const whole: PublishedStation[] = [];
  const end = () => {
    if (lines !== null) whole.push({ id: BigInt(id), lines: lines.join('\n') });
  };
  for await (const piece of fileLines(listings, signal)) {
    for (const line of piece) {
      const idAt = line.indexOf(',') + 1;
      const restAt = line.indexOf(',', idAt) + 1;
      if (restAt - idAt - 1 !== id.length || !line.startsWith(id, idAt)) {
        end();
        id = line.slice(idAt, restAt - 1);
        lines = wanted.has(id) ? [] : null;
      }
      lines?.push(line.slice(restAt));
    }
    if (whole.length > 0) yield whole.splice(0);
  }
  end();
  yield whole;
}
