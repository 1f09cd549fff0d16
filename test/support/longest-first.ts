import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, at their head the contracts: small files that run suites of hundreds of tests. */
const LONG = [
  'contract/mariadb-store',
  'contract/sqlite-store',
  'integration/spansh-publishing',
  'contract/mariadb-deltas',
  'contract/sqlite-deltas',
  'integration/portal-page',
  'integration/portal-private',
  'integration/jobs.test',
  'integration/live',
  'integration/spansh-daemon',
  'integration/dump-import',
  'fault/',
  'contract/',
  'integration/',
];

/**
 * Starts what takes longest first, so that no worker ends with it while the other one has nothing left. Vitest goes by
 * the last run's durations, and where there was none (a fresh checkout) by the size of files, which tells little here.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (files.every((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined)) return sorted;
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((part) => moduleId.includes(`/test/${part}`));
  return place === -1 ? LONG.length : place;
}
