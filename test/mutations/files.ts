import type { Mutation } from './mutation.ts';

const INSTANCE = 'test/integration/instance-lock.test.ts';

/** Of files that others read. */
export const FILE_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'what a published file refers to is public already',
    fault: 'the listings are replaced first',
    file: 'src/infra/publishing/published-set.ts',
    from: "for (const file of [...TABLE_FILES[generation], 'listings'] as const) {",
    to: "for (const file of ['listings', ...TABLE_FILES[generation]] as const) {",
    tests: ['test/integration/published-set.test.ts'],
  },
  {
    guarantee: 'an owner that cannot be asked is heard of',
    fault: 'it never touches its file',
    file: 'src/infra/process/instance-lock.ts',
    from: 'utimes(file, now, now).catch(() => undefined);',
    to: 'void now;',
    tests: [INSTANCE],
  },
  {
    guarantee: 'the PID file of a process that has ended is replaced, whoever has its number',
    fault: 'the start of a process is told in seconds',
    file: 'src/infra/process/pid-file.ts',
    from: 'Date.now() - (uptime() - ticks / TICKS_PER_S) * 1000;',
    to: 'Date.now() / 1000 - (uptime() - ticks / TICKS_PER_S);',
    tests: [INSTANCE],
  },
];
