import { RULE_MUTATIONS } from './rules.ts';

/** A fault planted on purpose, and the tests that have to notice. */
export interface Mutation {
  /** What the design promises (docs/architecture.md) and the fault breaks. */
  readonly guarantee: string;
  readonly fault: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Cheapest first; the rest is not run once one has noticed. */
  readonly tests: readonly string[];
}

const MODEL = 'test/model/machines.test.ts';
const ORACLE = 'test/model/station-pool.oracle.test.ts';
const SIMULATION = 'test/simulation/system.test.ts';
const SCRIPTED = 'test/simulation/scripted.test.ts';
const POOL = 'test/unit/station-pool.test.ts';
const SQLITE = 'test/contract/sqlite-store.test.ts';
const GALAXY = 'test/contract/sqlite-galaxy.test.ts';
const PUBLISH = 'test/integration/publish.test.ts';
const HTTP_CONDITIONS = 'test/integration/http-conditions.test.ts';
const MAINTENANCE = 'test/unit/maintenance.test.ts';

const COALESCER = 'src/machines/station-coalescer.machine.ts';
const STATION_POOL = 'src/actors/station-coalescer/pool.ts';
const UPDATER = 'src/actors/spansh-updater/steps.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a newer snapshot does not reset the backoff of a deferred one',
    fault: 'a deferred station asks again as soon as it is seen again',
    file: COALESCER,
    from: "on: { flush: 'pending' },",
    to: "on: { flush: 'pending', 'snapshot.observed': { target: 'pending', actions: ['countSuperseded', 'takeNewer'] } },",
    tests: [MODEL],
  },
  {
    guarantee: 'the backoff of a station that is refused again and again grows',
    fault: 'a deferral is not counted',
    file: COALESCER,
    from: 'countDeferral: assign({ attempt: ({ context }) => context.attempt + 1 }),',
    to: 'countDeferral: assign({ attempt: 1 }),',
    tests: [MODEL],
  },
  {
    guarantee: 'the newest observation wins, in memory',
    fault: 'an older snapshot replaces a newer one that waits',
    file: COALESCER,
    from: 'event.snapshot.observedAtS >= context.newest.observedAtS',
    to: 'event.snapshot.observedAtS !== context.newest.observedAtS',
    tests: [MODEL, ORACLE],
  },
  ...RULE_MUTATIONS,
  {
    guarantee: 'a snapshot that comes while its market is written is written next',
    fault: 'the newer one behind a write is forgotten',
    file: COALESCER,
    from: "{ guard: 'newerWaits', target: 'pending', actions: ['countCommitted', 'resetAttempts'] },",
    to: '',
    tests: [MODEL, ORACLE],
  },
  {
    guarantee: 'contention never drops a snapshot',
    fault: 'a busy lock counts as a failure, and the snapshot is parked in the end',
    file: COALESCER,
    from: "{ target: 'deferred', actions: 'countDeferral' },",
    to: "{ guard: 'lastFailure', target: 'parked', actions: 'park' },\n          { target: 'deferred', actions: ['countDeferral', 'countFailure'] },",
    tests: [MODEL, ORACLE],
  },
  {
    guarantee: 'a stop loses nothing',
    fault: 'what is still in memory at the end is not spooled',
    file: STATION_POOL,
    from: 'this.#pend(() => true);',
    to: '',
    tests: [ORACLE, SIMULATION],
  },
  {
    guarantee: 'a stop loses nothing',
    fault: 'what is staged while the rest is spooled is taken for kept',
    file: 'src/actors/listener/child.ts',
    from: 'if (pool.closed) {',
    to: 'if (settings().drainMs < 0) {',
    tests: [SCRIPTED],
  },
  {
    guarantee: 'kill -9 costs at most the last second',
    fault: 'snapshots go to the spool after four seconds',
    file: STATION_POOL,
    from: 'const SPOOL_AFTER_MS = 500;',
    to: 'const SPOOL_AFTER_MS = 4_000;',
    tests: [POOL, ORACLE],
  },
  {
    guarantee: 'kill -9 costs at most the last second',
    fault: 'a snapshot leaves the spool when its write begins',
    file: STATION_POOL,
    from: "actor.send({ type: 'write.started' });",
    to: "actor.send({ type: 'write.started' });\n      this.#options.keeper.forget(newest);",
    tests: [ORACLE, SIMULATION],
  },
  {
    guarantee: 'an outage of any length costs nothing',
    fault: 'what does not fit into memory is dropped',
    file: STATION_POOL,
    from: 'ledger.totals.spilled += 1;\n        keeper.pend(snapshot);',
    to: 'ledger.totals.spilled += 1;',
    tests: [ORACLE, SIMULATION],
  },
  {
    guarantee: 'every snapshot is written once',
    fault: 'a batch is written a second time before its stations are told',
    file: 'src/actors/writer/steps.ts',
    from: 'deps.pool.answer(batch, await deps.store.writeMarkets(batch));',
    to: 'await deps.store.writeMarkets(batch);\n      deps.pool.answer(batch, await deps.store.writeMarkets(batch));',
    tests: [SIMULATION],
  },
  {
    guarantee: 'at most one write in flight',
    fault: 'a full batch starts a second write',
    file: 'src/machines/writer.machine.ts',
    from: "'work.batchFull': { actions: 'noteWork' } },",
    to: "'work.batchFull': { target: 'writing', reenter: true } },",
    tests: [MODEL, SIMULATION],
  },
  {
    guarantee: 'database gone: nothing lost, retried for ever',
    fault: 'a batch that met a dead database is not put back',
    file: 'src/actors/writer/steps.ts',
    from: 'deps.pool.returnBatch(batch);',
    to: '',
    tests: [SIMULATION],
  },
  {
    guarantee: 'an empty list that was written is remembered: an older one brings nothing back',
    fault: 'clears are not remembered',
    file: 'src/actors/station-coalescer/spool-keeper.ts',
    from: 'return clearedAtS !== undefined && observedAtS < clearedAtS;',
    to: 'return clearedAtS === 0;',
    tests: [ORACLE, SIMULATION, 'test/integration/live.test.ts'],
  },
  {
    guarantee: 'a parked snapshot is written when its system is known',
    fault: 'parked ones are never looked at again',
    file: 'src/actors/catalogue/steps.ts',
    from: 'if (catalogue === null) return 0;',
    to: 'if (catalogue !== null) return 0;',
    tests: [SIMULATION],
  },
  {
    guarantee: 'the feed is taken up again when there is room',
    fault: 'a paused feed stays paused',
    file: 'src/machines/listener.machine.ts',
    from: "exit: 'resumeFeed',",
    to: '',
    tests: [MODEL, SIMULATION],
  },
  {
    guarantee: 'the feed is connected again after silence',
    fault: 'silence is not noticed',
    file: 'src/machines/listener.machine.ts',
    from: "silenceTimeout: { guard: 'endless', target: '#listener.silent', actions: 'countGap' },",
    to: "silenceTimeout: { guard: 'endless', actions: 'countGap' },",
    tests: [MODEL, SIMULATION],
  },
  {
    guarantee: 'a message that no thread survives is counted',
    fault: 'a failed batch vanishes',
    file: 'src/actors/listener/feed.ts',
    from: "rejected: { 'decoder failed': batch.frames.length },",
    to: 'rejected: {},',
    tests: ['test/fault/children.test.ts'],
  },
  {
    guarantee: 'no message, however damaged, costs memory for ever',
    fault: 'decode threads wait for tasks outside their event loop',
    file: 'src/infra/feed/decoder.ts',
    from: "atomics: 'disabled',",
    to: '',
    tests: ['test/fault/fuzz.test.ts'],
  },
  {
    guarantee: 'a crashed child is started again within a budget',
    fault: 'the budget is ignored',
    file: 'src/machines/guardian.machine.ts',
    from: 'budgetSpent: ({ context }) => context.restarts >= context.maxRestarts,',
    to: 'budgetSpent: ({ context }) => context.restarts < 0,',
    tests: [MODEL],
  },
  {
    guarantee: 'a stop ends under a deadline',
    fault: 'a drain waits for ever',
    file: 'src/machines/supervisor.machine.ts',
    from: "after: { drainDeadline: { target: 'spooling', actions: 'reportDeadline' } },",
    to: '',
    tests: [SCRIPTED],
  },
  {
    guarantee: 'every child is told to stop, in its step of a drain',
    fault: 'the last child of a step is forgotten',
    file: 'src/machines/supervisor.machine.ts',
    from: 'CHILD_NAMES.filter((name) => CHILDREN[name] === step),',
    to: 'CHILD_NAMES.filter((name) => CHILDREN[name] === step).slice(0, -1),',
    tests: [MODEL],
  },
  {
    guarantee: 'nothing runs on after a stop',
    fault: 'the feed of a crashed listener is left open',
    file: 'src/actors/supervisor/steps.ts',
    from: '      feed.close();\n',
    to: '',
    tests: [SCRIPTED],
  },
  {
    guarantee: 'a reader sees a whole old or a whole new file',
    fault: 'the old file is removed before the new one takes its place',
    file: 'src/infra/publishing/publish.ts',
    from: 'await disk(rename(temp, target));',
    to: 'await rm(target, { force: true });\n          await disk(rename(temp, target));',
    tests: [PUBLISH],
  },
  {
    guarantee: 'a reader sees a whole old or a whole new file',
    fault: 'a file is published in part when the work on it is aborted',
    file: 'src/infra/publishing/publish.ts',
    from: 'const bytes = await disk(writer.flush());\n    signal?.throwIfAborted();',
    to: 'const bytes = await disk(writer.flush());',
    tests: [PUBLISH],
  },
  {
    guarantee: 'a download is never a mixture of two versions',
    fault: 'a range is sent on the strength of a date',
    file: 'src/infra/http/files/conditions.ts',
    from: 'condition !== undefined && condition !== etag',
    to: "condition?.startsWith('\"') === true && condition !== etag",
    tests: [HTTP_CONDITIONS],
  },
  {
    guarantee: 'nothing outside the public folders is served',
    fault: 'a symbolic link is followed',
    file: 'src/infra/publishing/regular-file.ts',
    from: ' | constants.O_NOFOLLOW',
    to: '',
    tests: [PUBLISH, 'test/integration/http-files.test.ts'],
  },
  {
    guarantee: 'nothing foreign runs in the page for people, whatever a name of a station holds',
    fault: 'inline scripts may run',
    file: 'src/infra/http/routes/portal.ts',
    from: "script-src 'self';",
    to: "script-src 'self' 'unsafe-inline';",
    tests: ['test/integration/http-routes.test.ts'],
  },
  {
    guarantee: 'strangers are told no host, path or database',
    fault: 'the name by which is asked is not looked at',
    file: 'src/infra/http/asker.ts',
    from: " || !isOwnName(headers.host ?? '')",
    to: '',
    tests: ['test/integration/http-routes.test.ts'],
  },
  {
    guarantee: 'demotion of exactly what was published',
    fault: 'stations written since are demoted, too',
    file: 'src/infra/store/sqlite/export/demote.ts',
    from: 'select.get(id)?.lines === lines &&',
    to: 'select.get(id) !== undefined &&',
    tests: [GALAXY, SQLITE],
  },
  {
    guarantee: 'nothing is demoted that was not published',
    fault: 'demotion follows the import',
    file: UPDATER,
    from: "imported: 'publish',",
    to: "imported: 'demote',",
    tests: [SIMULATION],
  },
  {
    guarantee: 'a failed import publishes nothing',
    fault: 'the import is taken for done when it fails',
    file: UPDATER,
    from: '      throw error;\n    }\n    await reached',
    to: '    }\n    await reached',
    tests: [SIMULATION, 'test/fault/spansh-kills.test.ts'],
  },
  {
    guarantee: 'an unchanged dump is not imported again',
    fault: 'a known dump is taken for a new one',
    file: UPDATER,
    from: 'isSameDump(progress.version, found) &&',
    to: '!isSameDump(progress.version, found) &&',
    tests: [SIMULATION],
  },
  {
    guarantee: 'no maintenance while Spansh is active',
    fault: 'nobody asks whether a dump is being imported',
    file: 'src/actors/maintenance-window/steps.ts',
    from: 'isFree: fromPromise(() => Promise.resolve(!deps.isUpdating())),',
    to: 'isFree: fromPromise(() => Promise.resolve(true)),',
    tests: [MAINTENANCE, SIMULATION],
  },
  {
    guarantee: 'no user works on the database in a maintenance window',
    fault: 'an export that was stopped says that it is quiet while it still reads',
    file: 'src/actors/exporter/child.ts',
    from: 'void steps\n            .readEnded()',
    to: 'void Promise.resolve()',
    tests: [SIMULATION],
  },
  {
    guarantee: 'no user works on the database in a maintenance window',
    fault: 'a child that is started again is not told to keep quiet',
    file: 'src/actors/system.ts',
    from: "tell(name, { type: 'database.quiesce' });\n        },\n      },\n    });",
    to: ';\n        },\n      },\n    });',
    tests: [SCRIPTED],
  },
];
