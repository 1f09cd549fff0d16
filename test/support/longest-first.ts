import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, in an order in which those that compute run beside those that wait for something. */
const LONG = [
  'contract/mariadb-store',
  'integration/day.test',
  'integration/portal-page',
  'integration/inspector-page',
  'integration/jobs.test',
  'integration/spansh-publishing',
  'contract/sqlite-store',
  'integration/spansh-daemon',
  'integration/portal-private',
  'contract/mariadb-deltas',
  'fault/listener',
  'integration/examples',
  'simulation/patrols',
  'fault/children',
  'contract/mariadb-replica',
  'contract/mariadb-queries',
  'fault/cluster.test',
  'model/machines',
  'integration/daemon.test',
  'integration/dump-import',
  'integration/live',
  'integration/field-reports',
  'fault/spansh-kills',
  'contract/sqlite-queries',
  'fault/mariadb-daemon',
  'integration/archive-day',
  'fault/push-kills',
  'contract/mariadb-push',
  'integration/replay-command',
];

/**
 * Starts what takes longest first, so that no worker ends with it while the other one has nothing left. Vitest goes by
 * the last run's durations, and where there was none (a fresh checkout) by the size of files, which tells little here:
 * a contract is a small file that runs a suite of hundreds of tests. What is left is mixed evenly: where only files of
 * faults run, all of them wait and nobody computes. The small ones of `unit` come last, and fill the end.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    if (files.every((file) => this.ctx.cache.getTestSpecificationResult(file) !== undefined)) return sorted;
    const left = Map.groupBy(sorted, folderOf);
    const rank = (file: TestSpecification): number => {
      const place = LONG.findIndex((part) => file.moduleId.includes(`/test/${part}`));
      if (place !== -1) return place - LONG.length;
      const beside = left.get(folderOf(file)) ?? [];
      return folderOf(file) === 'unit' ? 1 : beside.indexOf(file) / beside.length;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

const folderOf = ({ moduleId }: TestSpecification): string => /\/test\/(\w+)\//.exec(moduleId)?.[1] ?? '';
