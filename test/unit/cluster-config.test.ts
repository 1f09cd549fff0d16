import { expect, test } from 'vitest';
import type { Bootstrap } from '../../src/app/bootstrap.ts';
import { leaseOf } from '../../src/app/ports/cluster.ts';
import { config, load } from '../support/config.ts';

const SQLITE = { backend: 'sqlite', file: 'x.db' } as const;
const MARIADB = {
  backend: 'mariadb',
  host: '127.0.0.1',
  port: 1,
  user: '',
  password: '',
  name: 'td',
} as const;

async function lease(keys: Record<string, unknown>, database: object = MARIADB) {
  return leaseOf({ config: await config(keys), database } as unknown as Bootstrap);
}

test('without cluster_url there is no lease', async () => {
  expect(await lease({})).toBeNull();
  expect(await lease({}, SQLITE)).toBeNull();
});

test.each([
  ['SQLite', {}, SQLITE],
  ['own_tables is false', { own_tables: false }, MARIADB],
  ['http_listen is null', { http_listen: null }, MARIADB],
])('cluster_url with what it cannot be had with is refused: %s', async (why, keys, database) => {
  const refused = lease({ cluster_url: 'http://10.0.0.1:8390', ...keys }, database);
  await expect(refused).rejects.toMatchObject({
    code: 'config.cluster',
    message: expect.stringContaining(why) as string,
    advice: expect.stringMatching(/\w/) as string,
  });
});

test.each([
  '10.0.0.1:8390',
  'ftp://10.0.0.1',
  'http://user:password@10.0.0.1:8390',
  'http://10.0.0.1:8390/files',
  'http://10.0.0.1:8390?x',
  '',
  8390,
  true,
])('%s is no cluster_url', async (cluster_url) => {
  const { problems } = await load({ cluster_url });
  expect(problems.map(({ key }) => key)).toEqual(['cluster_url']);
});

test('a slash at the end is none', async () => {
  expect((await config({ cluster_url: 'http://10.0.0.1:8390/' })).clusterUrl).toBe('http://10.0.0.1:8390');
});
