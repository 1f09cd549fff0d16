import { StoreError } from '../../src/domain/errors.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import type { LearningStore } from '../../src/domain/ports/store/learning-store.ts';
import type { MarketStore, StoreInfo } from '../../src/domain/ports/store/market-store.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { decideWrite, type WriteDecision } from '../../src/domain/market/write-rule.ts';
import type { ProcessTime } from '../support/virtual-time.ts';
import { maintain } from './fake-maintenance.ts';
import type { Now } from '../../src/domain/now.ts';
import { messageOf } from './frames.ts';
import type { World } from './world.ts';

const NO_STATS = { liveRows: 0, stations: 1, liveStations: 0, implausibleMarkets: null };
const INFO: StoreInfo = { backend: 'sqlite', generation: 'v12', created: false, description: 'simulated' };

/** A process's connection to the world's database, which follows the write rule when it works. */
export function createFakeStore(world: World, time: ProcessTime, now: Now): MarketStore & LearningStore {
  const { random } = world;
  /** A batch is with this store: `useCatalogue` is its first half. */
  let writing = false;
  const closing = new AbortController();
  /** What was written, and the caller knows it. */
  const settled = new WeakSet<Snapshot>();

  const answerTime = () =>
    time.after(
      world.suffers('database slow') ? random.between(500, 25_000) : random.between(1, 60),
      closing.signal,
    );
  const checkAway = () => {
    if (closing.signal.aborted) world.violated('the database was used after it was closed');
    if (world.suffers('database down')) throw new StoreError('unavailable', 'the database is down');
  };
  const checkWritable = () => {
    checkAway();
    if (world.suffers('database busy')) throw new StoreError('busy', 'the database is busy');
    if (world.suffers('database read-only')) throw new StoreError('readOnly', 'the database is read-only');
    if (world.suffers('database full')) throw new StoreError('full', 'the disk is full');
  };
  const ask = async <T>(work: () => T): Promise<T> => {
    checkAway();
    await answerTime();
    checkAway();
    return work();
  };

  const exclusively = async <T>(work: () => Promise<T>): Promise<T> => {
    if (writing) world.violated('two writes in flight');
    writing = true;
    try {
      return await work();
    } finally {
      writing = false;
    }
  };

  const remember = (marketId: number, { forget = [], remember: news }: WriteDecision<string>) => {
    const kept = Object.values(world.memory.get(marketId) ?? {}).filter(({ kind }) => !forget.includes(kind));
    const remembered = news === undefined ? kept : [...kept, news];
    world.memory.set(marketId, Object.fromEntries(remembered.map((each) => [each.kind, each])));
  };

  const write = (snapshot: Snapshot): WriteOutcome => {
    if (world.suffers('stations contended') && random.chance(0.4))
      return { status: 'contended', reason: 'held' };
    if (world.suffers('stations failing') && random.chance(0.4))
      return { status: 'failed', reason: 'refused' };
    const { marketId, stationName, systemName, observedAtS, rows } = snapshot;
    const stored = world.stations.get(marketId)?.message;
    const decision = decideWrite(snapshot, {
      station: stored && {
        name: stored.stationName,
        systemId: stored.systemName,
        systemName: stored.systemName,
        isCarrier: false,
        placedS: 0,
        newestAtS: stored.rows.length > 0 ? stored.observedAtS : null,
      },
      systems: world.systems.has(systemName) ? [systemName] : [],
      memory: world.memory.get(marketId) ?? {},
      notAfterS: now.notAfterS(300),
    });
    remember(marketId, decision);
    if (!decision.write) {
      if (decision.outcome.status === 'invalid')
        world.refusedAtS.set(marketId, Math.max(observedAtS, world.refusedAtS.get(marketId) ?? -Infinity));
      return decision.outcome;
    }
    const message = messageOf(world, snapshot);
    if (message.stationName !== stationName) world.violated(`rows of another market in ${marketId}`);
    world.stations.set(marketId, { message, live: true });
    return { status: 'written', rows: rows.length, station: decision.station };
  };

  return {
    open: () => ask(() => INFO),
    useCatalogue: () => exclusively(() => ask(() => undefined)),
    knownSystems: (names) => ask(() => new Set(names.filter((name) => world.systems.has(name)))),
    learn: (records) =>
      exclusively(() =>
        world.using('learning', () =>
          ask(() => {
            checkWritable();
            const told = records.flatMap((record) => (record.kind === 'system' ? [record.name] : []));
            if (new Set(told).size < told.length) world.violated('a system twice');
            const systems = told.filter((name) => !world.systems.has(name));
            for (const name of systems) world.systems.add(name);
            world.note(`learned ${systems.join()}`);
            if (world.suffers('answers lost') && random.chance(0.5)) {
              throw new StoreError('unavailable', 'the connection broke after the commit');
            }
            return { madeTables: false, systems, deferred: [] };
          }),
        ),
      ),
    stats: () => ask(() => ({ ...NO_STATS, totalRows: 2, newestAtS: world.nowS })),
    checkTimes: () => Promise.reject(new Error('not simulated')),
    purge: async ({ signal, dryRun }) => {
      if (dryRun === true) return 1;
      checkAway();
      await maintain(world, time, 'purge', signal);
      return 1;
    },

    writeMarkets(batch) {
      if (new Set(batch.map(({ marketId }) => marketId)).size < batch.length)
        world.violated('a market twice');
      if (batch.some((snapshot) => settled.has(snapshot))) world.violated('wrote a snapshot again');
      const writeAll = () =>
        ask(() => {
          checkWritable();
          world.provenMs = Math.max(world.provenMs, now.provenMs);
          const outcomes = batch.map(write);
          world.onMoment('commit');
          world.note(`wrote ${batch.map(({ marketId }, i) => `${marketId} ${outcomes[i]!.status}`).join()}`);
          if (world.suffers('answers lost') && random.chance(0.5)) {
            throw new StoreError('unavailable', 'the connection broke after the commit');
          }
          for (const [i, { status }] of outcomes.entries())
            if (status === 'written' || status === 'stale') settled.add(batch[i]!);
          return outcomes;
        });
      return exclusively(() => world.using('writing', writeAll));
    },

    exportListings: (_, sink, signal) =>
      world.using('exporting', async () => {
        const text = await ask(() => world.liveListing());
        world.exportReads.push(text);
        const half = text.length >> 1;
        for (const part of [text.slice(0, half), text.slice(half)]) {
          signal?.throwIfAborted();
          await sink(new TextEncoder().encode(part));
          await answerTime();
          checkAway();
        }
        const rows = text.split('\n').length - 1;
        return { rows, stations: rows };
      }),

    close() {
      closing.abort(new StoreError('aborted', 'the database was closed'));
      return Promise.resolve();
    },
  };
}
