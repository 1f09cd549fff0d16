import type { Mutation } from './mutation.ts';

const MODEL = 'test/model/machines.test.ts';
const POOL = 'test/unit/station-pool.test.ts';
const UPDATER = 'test/unit/spansh-updater.test.ts';
const PORTS = 'src/app/ports/spansh-updater.ts';

/** Of what is counted, remembered and forgotten between two steps. */
export const ACTOR_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a write that worked ends the backoff',
    fault: 'the attempts are kept after a write that left the queue empty',
    file: 'src/machines/market/writer.machine.ts',
    from: "target: 'idle',\n            actions: [\n              'reportAvailable',\n              'resetAttempts',",
    to: "target: 'idle',\n            actions: [\n              'reportAvailable',",
    tests: [MODEL],
  },
  {
    guarantee: 'a snapshot the database refuses again and again is parked',
    fault: 'a failure is not counted while a newer snapshot waits',
    file: 'src/machines/market/station-coalescer.machine.ts',
    from: "actions: ['countSuperseded', 'countDeferral', 'countFailure'],",
    to: "actions: ['countSuperseded', 'countDeferral'],",
    tests: [MODEL],
  },
  {
    guarantee: 'another database is brought up to date from the start',
    fault: 'what was reached on one database is taken for reached on another',
    file: 'src/actors/spansh-updater/steps.ts',
    from: "progress?.stage === 'downloaded' || progress?.database === deps.database ? progress : null",
    to: 'progress',
    tests: [UPDATER],
  },
  {
    guarantee: 'another database is brought up to date from the start',
    fault: 'a one-shot takes the dump of another database for the one in its own',
    file: PORTS,
    from: 'progress?.database === database ? progress.version : null',
    to: 'progress?.version ?? null',
    tests: [UPDATER],
  },
  {
    guarantee: 'what would be purged at once is not imported',
    fault: 'the longer of the two limits counts',
    file: PORTS,
    from: ': Math.min(config.importMaxAgeDays',
    to: ': Math.max(config.importMaxAgeDays',
    tests: ['test/integration/import-dump.test.ts'],
  },
  {
    guarantee: 'a dump of another size is another dump',
    fault: 'without an ETag the time alone tells',
    file: 'src/domain/ports/galaxy/dump.ts',
    from: ' && a.size === b.size;',
    to: ';',
    tests: ['test/unit/dump-version.test.ts'],
  },
  {
    guarantee: 'an empty list that was written is remembered: an older one brings nothing back',
    fault: 'what comes back from the spool is not compared with it',
    file: 'src/actors/station-coalescer/pool.ts',
    from: 'if (this.#options.keeper.clearedSince(entry)) {',
    to: 'if (this.#closing) {',
    tests: [POOL],
  },
  {
    guarantee: 'what proves of no use leaves the spool',
    fault: 'what could not be staged again is not forgotten',
    file: 'src/actors/station-coalescer/pool.ts',
    from: 'if (!usable.has(entry.marketId)) keeper.forget(entry);',
    to: 'if (usable.size < 0) keeper.forget(entry);',
    tests: [POOL],
  },
];
