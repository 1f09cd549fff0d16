import { formatTimestamp } from '../../domain/timestamp.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

/** `--stats`: one line about StationItem. */
export function run(): Promise<number> {
  return withStore(async (store) => {
    const { totalRows, liveRows, stations, liveStations, newestAtS } = await store.stats();
    const newest = newestAtS === null ? 'none' : `${formatTimestamp(newestAtS)} UTC`;
    return say(
      `StationItem: ${totalRows} rows of ${stations} stations, live ${liveRows} rows of ${liveStations} stations, newest ${newest}\n`,
    );
  }, LOOKS_ONLY);
}
