import { AppError, StoreError } from '../../src/domain/errors.ts';
import { NO_BLOCKS } from '../../src/domain/spansh/block-counts.ts';
import type { DumpVersion } from '../../src/domain/ports/galaxy/dump.ts';
import { NO_COUNTS } from '../../src/domain/ports/store/galaxy-store.ts';
import type { SpanshUpdaterPorts } from '../../src/domain/ports/galaxy/spansh-updater.ts';
import { isNewer } from '../../src/domain/market/write-rule.ts';
import type { ProcessTime } from '../support/virtual-time.ts';
import type { Dump } from './messages.ts';
import type { World } from './world.ts';

const SOURCE = 'simulated Spansh';
const NOTHING_LEFT_OUT = { tooOld: NO_BLOCKS.tooOld, maxAgeDays: 30 };
const DATABASE = 'simulated';

/** Spansh, the files made of its dumps, and the work on the database, all of it interruptible. */
export function createFakeSpansh(world: World, time: ProcessTime): SpanshUpdaterPorts {
  const { random } = world;
  const wait = (maxMs: number, signal?: AbortSignal) => time.after(random.between(1, maxMs), signal);
  const mustBe = (what: string, stage: 'downloaded' | 'imported' | 'published') => {
    const isMissing = stage === 'imported' && world.publishedSet === null;
    if (world.dumpProgress?.stage !== stage && !isMissing)
      world.violated(`${what} although nothing was ${stage}`);
    if (world.inMaintenance()) world.violated(`${what} in a maintenance window`);
    if (stage !== 'published' && world.suffers('outside hours')) world.violated(`${what} outside its hours`);
  };
  const checkDatabase = () => {
    if (world.suffers('database down')) throw new StoreError('unavailable', 'the database is down');
  };
  const versionOf = ({ etag }: Dump): DumpVersion => ({
    source: SOURCE,
    etag,
    lastModifiedS: Number(etag),
    size: 1,
  });

  const importDump: SpanshUpdaterPorts['importDump'] = async (file, { isCleared, signal }) => {
    mustBe('imported', 'downloaded');
    const dump = world.dumpFiles.get(file);
    if (dump === undefined) {
      world.violated(`${file} is not there`);
      throw new AppError('dump', 'no such file');
    }
    world.onMoment('import');
    for (const message of dump.markets) {
      await wait(500, signal);
      checkDatabase();
      if (world.suffers('dump damaged')) {
        world.damagedDumps.add(dump.etag);
        throw new AppError('dump', 'the dump ends too early');
      }
      const { marketId, observedAtS } = message;
      const stored = world.stations.get(marketId)?.message;
      const clear = world.memory.get(marketId)?.clear;
      if (!isNewer(observedAtS, stored?.observedAtS ?? null, Infinity, clear)) continue;
      if (isCleared(marketId, observedAtS)) continue;
      world.memory.delete(marketId);
      world.stations.set(marketId, { message, live: false });
    }
    return {
      bytesRead: 1,
      totalBytes: 1,
      systems: 1,
      stations: 1,
      counts: NO_COUNTS,
      problems: {},
      ...NOTHING_LEFT_OUT,
      items: [],
    };
  };

  const publish = async (signal: AbortSignal) => {
    mustBe('published', 'imported');
    checkDatabase();
    await wait(500, signal);
    const set = new Map(Array.from(world.stations, ([marketId, { message }]) => [marketId, message]));
    for (let file = 0; file < 3; file += 1) {
      await wait(2_000, signal);
      checkDatabase();
      if (world.suffers('export disk full')) throw new AppError('full', 'no space left for the export');
    }
    world.publishedSet = set;
    world.note(`published the set, ${set.size} stations`);
    await wait(5);
    return { rows: {}, changed: [] };
  };

  const demote = async (signal: AbortSignal) => {
    mustBe('demoted', 'published');
    let demoted = 0;
    if (world.publishedSet === null) throw new AppError('publish', 'the listing is not there');
    for (const [marketId, message] of world.publishedSet) {
      await wait(50, signal);
      checkDatabase();
      const stored = world.stations.get(marketId);
      if (stored?.message !== message || !stored.live) continue;
      stored.live = false;
      demoted += 1;
    }
    return demoted;
  };

  return {
    database: DATABASE,
    missingFiles: () => Promise.resolve(world.publishedSet === null ? ['listings.csv'] : []),
    isEmpty: () => Promise.resolve(world.stations.size === 0),
    zone: () => 'UTC',
    opensInMs: () => world.leftOf('outside hours'),
    noteUpdated: (lastModifiedS) => {
      world.note(`last_update ${lastModifiedS}`);
      if (world.dumpProgress?.stage !== 'imported') world.violated('last_update moved without an import');
      return Promise.resolve();
    },

    state: {
      load: async () => {
        await wait(3);
        return world.dumpProgress;
      },
      save: async (progress) => {
        await wait(3);
        world.dumpProgress = progress;
        world.note(`dump ${progress.version?.etag ?? 'of none'} ${progress.stage}`);
        world.onMoment('dump step');
        await wait(3);
      },
    },

    source: {
      async check(signal) {
        await wait(1_000, signal);
        if (world.suffers('spansh unreachable')) {
          throw Object.assign(new AppError('spansh', 'HEAD: 503'), {
            retryAfterMs: random.pick([0, 20_000]),
          });
        }
        return versionOf(world.dump);
      },
      async download(version, onProgress, signal) {
        const known = world.dumpProgress;
        if (
          known?.version?.etag === version.etag &&
          known.database === DATABASE &&
          known.stage !== 'downloaded'
        )
          world.violated(`the unchanged dump ${version.etag} was downloaded again`);
        for (let bytes = 0; bytes < 3; bytes += 1) {
          onProgress({ bytes, totalBytes: 3 });
          await wait(5_000, signal);
          if (world.suffers('spansh breaks off')) throw new AppError('spansh', 'the download broke off');
        }
        const file = `dump-${world.dump.etag}`;
        world.dumpFiles.set(file, world.dump);
        return { file, version: versionOf(world.dump) };
      },
      discard: async (file) => {
        await wait(2);
        world.dumpFiles.delete(file);
      },
    },

    importDump: (file, options) => world.using('importing', () => importDump(file, options)),
    importGiven: () => Promise.reject(new Error('nobody gives it one')),
    publish: (signal) => world.using('publishing', () => publish(signal)),
    demote: (signal) => world.using('demoting', () => demote(signal)),
  };
}
