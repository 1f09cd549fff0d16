import type { Mutation } from './mutation.ts';

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
];
