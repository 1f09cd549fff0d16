import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest: the contracts are small files that run suites of hundreds of tests, others wait for processes. */
const LONG = [
  'contract/mariadb-store',
  'integration/portal-page',
  'integration/spansh-publishing',
  'integration/day.test',
  'integration/jobs.test',
  'integration/inspector-page',
  'integration/portal-private',
  'integration/spansh-daemon',
  'contract/sqlite-store',
  'contract/mariadb-deltas',
  'contract/mariadb-replica',
  'fault/spansh-kills',
  'fault/push-kills',
  'integration/live',
  'integration/read-only',
  'integration/examples',
  'integration/dump-import',
  'integration/field-reports',
  'integration/archive-day',
  'integration/daemon.test',
  'integration/replay-command',
  'simulation/',
  'model/',
  'contract/',
  'fault/',
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
