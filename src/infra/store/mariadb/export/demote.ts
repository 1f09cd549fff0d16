import type { PublishedStation } from '../../../../domain/ports/store/galaxy-store.ts';
import type { Log } from '../../../../domain/ports/log.ts';
import type { Link } from '../connection.ts';
import { rowFault } from '../errors.ts';
import { findUnknownItems, readLines } from './listings.ts';
import { HAS_PRICE } from '../../shared/listing.ts';
import { untilAllDone } from '../markets/locks.ts';

/**
 * Makes baseline of those stations of which the listings would say the same now, under their locks and with their rows
 * held, so that what somebody writes meanwhile stays live.
 *
 * @returns how many became it
 */
export async function demoteStations(
  link: Link,
  published: readonly PublishedStation[],
  log: Log | undefined,
  signal: AbortSignal,
): Promise<number> {
  const unknownItems = await findUnknownItems(link);
  let demoted = 0;

  function demote(held: readonly PublishedStation[]): Promise<number> {
    return link.transaction(async () => {
      const ids = held.map(({ id }) => id);
      const found = await readLines(link, ids, unknownItems, 'FOR UPDATE');
      const stored = new Map(found.map((station) => [station.id, station]));
      const unchanged = held.filter(({ id, lines }) => {
        const station = stored.get(String(id));
        return station?.isLive === true && station.lines.join('\n') === lines;
      });
      if (unchanged.length > 0) {
        await link.run(
          `UPDATE StationItem FORCE INDEX (PRIMARY) SET from_live = 0
           WHERE station_id IN (${unchanged.map(({ id }) => id).join()}) AND ${HAS_PRICE}`,
        );
      }
      return unchanged.length;
    });
  }

  await untilAllDone(
    {
      link,
      idOf: ({ id }) => id,
      // Not counted: about a market's.
      rowsOf: () => 100,
      async run(held) {
        if (held.length === 0) return [];
        try {
          demoted += await demote(held);
          return [];
        } catch (error) {
          if (rowFault(error) === undefined) throw error;
          log?.debug({ stations: held.length, error }, 'another writer holds rows that are to be demoted');
          return held;
        }
      },
    },
    published.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id))),
    signal,
  );
  return demoted;
}
