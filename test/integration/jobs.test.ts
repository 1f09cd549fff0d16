import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { JobWork } from '../../src/domain/jobs/job.ts';
import { placesOf } from '../../src/infra/jobs/places.ts';
import { createJobRunner } from '../../src/infra/jobs/runner.ts';
import { acquireInstance, inspectInstance } from '../../src/infra/process/instance-lock.ts';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { makeMariadbGalaxy, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodityMessage } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { whenMany } from '../support/times.ts';
import { oneShotContract, survivalContract, type JobDatabase } from './jobs.contract.ts';

describe('jobs on SQLite', () => {
  const create = async (cwd: string): Promise<JobDatabase> => {
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, ['Sol']);
    const markets = () => new Set(marketRows(database).map((row) => row.station_id)).size;
    return { env: {}, markets: () => Promise.resolve(markets()) };
  };
  survivalContract(create);
  oneShotContract(create);

  test('a process works on its job until it is gone, and what it leaves is taken over when nobody does', async () => {
    const cwd = tempDir();
    await create(cwd);
    writeConfig(cwd);
    writeFileSync(join(cwd, 'day.jsonl'), `${JSON.stringify(commodityMessage({ systemName: 'Nowhere' }))}\n`);
    const directory = join(cwd, 'data/tradedangerous-listener-jobs');
    const { instanceFile, spoolFile } = placesOf(directory, 'one');
    const { process, exit } = startProgram({ cwd, args: ['run-job'] });
    const work = { kind: 'replay', files: [join(cwd, 'day.jsonl')], again: false } satisfies JobWork;
    process.stdin.write(`${JSON.stringify({ id: 'one', work })}\n`);
    expect(await exit).toMatchObject({ code: 0 });
    expect(await inspectInstance(instanceFile)).toMatchObject({ state: 'stale' });
    expect(existsSync(spoolFile)).toBe(true);

    const adopt = vi.fn(() => Promise.resolve());
    const runner = createJobRunner({
      ...{ directory, program: [], cwd, env: {}, adopt },
      logs: { append: () => undefined },
    });
    const other = await acquireInstance(instanceFile, { name: 'job one', advice: '' });
    await runner.settle('one');
    expect(adopt).not.toHaveBeenCalled();
    other.release();
    await runner.settle('one');
    expect(adopt).toHaveBeenCalledExactlyOnceWith(spoolFile);
    expect(readdirSync(directory)).toEqual([]);
  });
});

whenMany(describeMariadb)('jobs on MariaDB', () => {
  const server = useMariadb();
  survivalContract(async (cwd) => {
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    return {
      env: { TD_DB_CONFIG: writeDbConfig(cwd, server, database) },
      markets: async () => {
        const [row] = await server.sql(
          'SELECT count(DISTINCT station_id) AS markets FROM StationItem',
          database,
        );
        return Number(row?.markets);
      },
    };
  });
});
