import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../domain/errors.ts';
import type { PublicFile } from '../../domain/ports/publishing/publishing.ts';
import type { SpanshUpdaterPorts } from '../../domain/ports/galaxy/spansh-updater.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import { ListedStations, stationsLacking } from '../../infra/publishing/listed-stations.ts';
import { stageFile } from '../../infra/publishing/publish.ts';
import { missingFiles, pathOf, publishSet } from '../../infra/publishing/published-set.ts';
import type { Base } from './catalogue.ts';

/** Clients that load a large file again load it whole. */
const RENEW_MS = 60 * 60_000;
/** Some 10,000 stations. */
const SMALL_BYTES = 1024 * 1024;

/** `listings-live.csv`. */
export function liveListing({ paths }: Pick<Base, 'paths'>): PublicFile {
  const file = join(paths.exportDir, 'listings-live.csv');
  return { stageFile: (produce, signal) => stageFile(file, produce, { signal }) };
}

/** Runs one after the other. */
type InTurn = <T>(run: () => Promise<T>) => Promise<T>;

/** Two sets published at once would be mixed. */
function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run);
    last = result.catch(() => undefined);
    return result;
  };
}

/**
 * `listings-live.csv` with table files that have every station it names, which a client needs to load it: what the feed
 * has found since the last dump comes in here, and all there is before the first one. They are renewed before the listing
 * is public: at once while they are small, else at most every hour.
 */
export function withTables(
  base: Pick<Base, 'paths' | 'log'>,
  store: Store,
  updater: SpanshUpdaterPorts,
): { readonly liveListing: PublicFile; readonly spanshUpdater: SpanshUpdaterPorts } {
  const { paths, log } = base;
  const directories = { csvDir: paths.csvDir, exportDir: paths.exportDir };
  const stationFile = pathOf('Station', directories);
  const inTurn = createTurns();
  const plain = liveListing(base);
  let trouble = '';
  /** Of stations that no file can have, the next try would say the same. */
  let triedMs = -Infinity;

  async function isDue(): Promise<boolean> {
    if (updater.opensInMs('publishing') > 0) return false;
    const found = await stat(stationFile).catch(() => null);
    if (found === null || found.size < SMALL_BYTES) return true;
    return Date.now() - Math.max(found.mtimeMs, triedMs) >= RENEW_MS;
  }

  /** @param stationIds of the listing to come */
  async function renew(stationIds: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    if (stationIds.size === 0) return;
    await inTurn(async () => {
      signal.throwIfAborted();
      const { generation } = await store.open();
      const missing = await missingFiles(generation, directories);
      const lacking = missing.length > 0 ? 0 : await stationsLacking(stationFile, stationIds, signal);
      triedMs = Date.now();
      if (missing.length === 0 && lacking === 0) return;
      if (missing.length > 0) await updater.publish(signal);
      else await publishSet(store, generation, directories, signal, { parts: 'tables' });
      const why = missing.length > 0 ? 'some were missing' : `they lacked ${lacking} stations of the feed`;
      log.info({ missing: missing.length, lacking }, `table files: published anew, ${why}`);
    });
  }

  return {
    liveListing: {
      async stageFile(produce, signal) {
        if (!(await isDue())) return plain.stageFile(produce, signal);
        const listed = new ListedStations();
        const staged = await plain.stageFile(
          (write) =>
            produce((chunk) => {
              listed.take(chunk);
              return write(chunk);
            }),
          signal,
        );
        try {
          await renew(listed.ids, signal);
          trouble = '';
        } catch (error) {
          // The listing is good for all stations that the tables have. A stop is seen by who asked for it.
          const told = describeError(error);
          if (!signal.aborted && told !== trouble) log.error({ error }, `table files not published: ${told}`);
          trouble = told;
        }
        return staged;
      },
    },
    spanshUpdater: { ...updater, publish: (signal) => inTurn(() => updater.publish(signal)) },
  };
}
