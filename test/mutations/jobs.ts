import type { Mutation } from './mutation.ts';

const MODEL = 'test/model/machines.test.ts';
const POOL = 'test/unit/job-pool.test.ts';
const CONTROL = 'test/integration/control.test.ts';
const JOB_POOL = 'src/actors/job/pool.ts';
const MACHINE = 'src/machines/upkeep/job.machine.ts';
const SERVER = 'src/infra/control/server.ts';

/** Of jobs, and of the socket over which they are asked for. */
export const JOB_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'every state of a job is kept',
    fault: 'that it runs is not written',
    file: MACHINE,
    from: "entry: ['noteStarted', 'keep', 'report'],",
    to: "entry: ['noteStarted', 'report'],",
    tests: [MODEL],
  },
  {
    guarantee: 'who stops a job ends it',
    fault: 'a job that is being stopped fails when its process ends badly',
    file: MACHINE,
    from: "            'xstate.error.actor.process': {\n              target: '#job.stopped',",
    to: "            'xstate.error.actor.process': {\n              target: '#job.failed',",
    tests: [MODEL],
  },
  {
    guarantee: 'a job is kept before it is answered for',
    fault: 'it is written later',
    file: JOB_POOL,
    from: 'await this.#keeper.add(job);',
    to: 'void this.#keeper.add(job).catch(() => undefined);',
    tests: [POOL],
  },
  {
    guarantee: 'one job runs at a time',
    fault: 'every one begins at once',
    file: JOB_POOL,
    from: "|| actors.some(({ now }) => now.hasTag('active'))",
    to: '',
    tests: [POOL],
  },
  {
    guarantee: 'a daemon leaves the jobs of another data directory alone',
    fault: 'it takes up whatever the database has',
    file: JOB_POOL,
    from: 'if (kept.home !== home) continue;',
    to: "if (kept.home === '') continue;",
    tests: [POOL],
  },
  {
    guarantee: 'a job goes on after a kill of the daemon, whatever its policy',
    fault: 'one that ran is taken for lost',
    file: 'src/domain/jobs/job.ts',
    from: '  return true;\n}\n\n/** As the next life',
    to: "  return state !== 'running';\n}\n\n/** As the next life",
    tests: [POOL],
  },
  {
    guarantee: 'what a job could not write is written by the daemon',
    fault: 'its spool is thrown away',
    file: 'src/infra/jobs/runner.ts',
    from: '      await options.adopt(spoolFile);\n',
    to: '',
    tests: ['test/integration/jobs.test.ts'],
  },
  {
    guarantee: 'who asks for a file gets one that was read since',
    fault: 'the one that is being written is taken for it',
    file: 'src/machines/publishing/exporter.machine.ts',
    from: 'isAsked: ({ context }) => context.asked,',
    to: 'isAsked: ({ context }) => context.asked && context.attempt < 0,',
    tests: [MODEL],
  },
  {
    guarantee: 'a dump that was fetched is not forgotten when somebody publishes',
    fault: 'a publication that is asked for goes before its import',
    file: 'src/actors/spansh-updater/steps.ts',
    from: "if (isAsked && next !== 'import')",
    to: 'if (isAsked)',
    tests: ['test/unit/spansh-updater.test.ts'],
  },
  {
    guarantee: 'an import ends when whoever asked for it goes',
    fault: 'it is not told of that',
    file: 'src/actors/spansh-updater/steps.ts',
    from: 'AbortSignal.any([asker.signal, signal])',
    to: 'signal',
    tests: ['test/unit/spansh-updater.test.ts'],
  },
  {
    guarantee: 'a purge that was asked for hears why it was not done',
    fault: 'it is told as done',
    file: 'src/actors/maintenance-window/steps.ts',
    from: 'asked.failed(purgeRefused(objection));',
    to: 'asked.done({ rows: 0, olderThanS, mended: null });',
    tests: ['test/unit/maintenance-asked.test.ts'],
  },
  {
    guarantee: 'only its user can open the socket',
    fault: 'it gets the rights that files have',
    file: SERVER,
    from: 'const OWNER_ONLY = 0o177;',
    to: 'const OWNER_ONLY = 0o22;',
    tests: [CONTROL],
  },
  {
    guarantee: 'a request over the socket takes its share of memory',
    fault: 'a line may have any length',
    file: SERVER,
    from: 'rest.length + waiting > MAX_REQUEST_BYTES',
    to: 'rest.length + waiting > 1_000 * MAX_REQUEST_BYTES',
    tests: [CONTROL],
  },
];
