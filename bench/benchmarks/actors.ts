import type { Inspection } from '../../src/domain/ports/upkeep/inspection.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { loadMarkets, zipf } from '../../test/support/load.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { LOAD } from '../generators/feed.ts';
import { START_S } from '../generators/markets.ts';
import { compare, type Contender } from '../harness/measure.ts';
import { createNullSystem } from '../harness/null-system.ts';
import { median } from '../harness/statistics.ts';
import type { Benchmark } from '../harness/types.ts';

/** The system without I/O, once through all the snapshots. */
function throughAll(snapshots: readonly Snapshot[], inspect: boolean): Omit<Contender, 'name'> {
  let system: ReturnType<typeof createNullSystem>;
  let inspection: Inspection | null = null;
  return {
    prepare: () => {
      system = createNullSystem(snapshots);
      inspection = inspect ? system.inspect() : null;
      // The market that is seen most.
      inspection?.follow(snapshots[0]!.marketId);
      inspection?.subscribe(() => undefined);
    },
    run: async () => {
      system.start();
      const { failure } = await system.done;
      inspection?.close();
      if (failure !== null || system.written() === 0)
        throw new Error(failure?.reason ?? 'nothing was written');
    },
  };
}

const UNIT = 'market messages';

export const actors: Benchmark = {
  about:
    'The whole actor system (listener, pool, station coalescers, writer) on ports that cost nothing: what the actors ' +
    'take of a message, beside some 36-48 us for inflate and parse and some 500 us for writing its 49 rows. Markets are ' +
    'repeated as in the feed; the start and the end of the system are part of it.',
  size: 50_000,
  unit: UNIT,
  rounds: 5,
  async run(options) {
    const snapshots = repeatedSnapshots(options.size);
    const measured = await compare(options, throughAll(snapshots, false), []);
    const microseconds = (of: 'wallS' | 'cpuS') =>
      (median(measured.ours.map((cost) => cost[of] ?? NaN)) / options.size) * 1e6;
    return [
      { name: 'actors alone', amount: options.size, unit: 'messages', ...measured },
      {
        name: 'a message',
        figures: { 'time us': microseconds('wallS'), 'CPU time us': microseconds('cpuS') },
      },
    ];
  },
};

export const inspector: Benchmark = {
  about:
    'The same with the inspector attached, one market followed and one page listening, beside the same without it: ' +
    'what a look inside costs.',
  size: 50_000,
  unit: UNIT,
  rounds: 5,
  async run(options) {
    const snapshots = repeatedSnapshots(options.size);
    const measured = await compare(options, throughAll(snapshots, true), [
      { name: 'without the inspector', ...throughAll(snapshots, false) },
    ]);
    return [{ name: 'inspector attached', amount: options.size, unit: 'messages', ...measured }];
  },
};

function repeatedSnapshots(count: number): Snapshot[] {
  const markets = loadMarkets(LOAD);
  const next = zipf(markets.length, new SeededRandom(6).next);
  const rows = new Int32Array(8 * 49);
  return Array.from({ length: count }, (_, i) => {
    const { marketId, systemName, stationName } = markets[next()]!;
    return { marketId, systemName, stationName, observedAtS: START_S + i, receivedAtMs: Date.now(), rows };
  });
}
