import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONFIG_FILE_NAME, loadConfig } from '../../src/config/load.ts';
import { tempDir } from '../support/temp-dir.ts';

async function load(written: Record<string, unknown>) {
  const cwd = tempDir();
  await writeFile(join(cwd, CONFIG_FILE_NAME), JSON.stringify(written));
  return loadConfig({ cwd, env: {} });
}

test.each([
  ['spansh_url', 'https://operator:s3cret@mirror.example/galaxy.json.gz'],
  ['spansh_url', 'HTTPS://s3cret@mirror.example/galaxy.json.gz'],
  ['spansh_url', 'https://operator:s3c/s3cret@mirror.example/galaxy.json.gz'],
  ['edcd_source', 'http://operator:s3cret@mirror.example/ids'],
  ['archive_url', 'https://operator:s3cret@mirror.example/EDDN'],
  ['eddn_schema_ref', 'https://operator:s3cret@mirror.example/schemas/commodity/3'],
  ['eddn_url', 'tcp://s3cret@relay.example:9500'],
  ['eddn_url', 'tcp://operator:s3cret@relay.example:9500'],
  ['broker_url', 'redis://operator:s3cret@broker.example:6379'],
  ['broker_url', 'rediss://:s3cret@broker.example'],
  ['http_listen', 'http://operator:s3cret@127.0.0.1:8390'],
])('%s = %s is refused, and the secret told nowhere', async (key, value) => {
  const { config, problems } = await load({ [key]: value });
  expect(problems).toEqual([expect.objectContaining({ key })]);
  expect(JSON.stringify([config, problems])).not.toMatch(/s3c|operator/);
});

test('an address may have an @ in its path', async () => {
  const url = 'https://mirror.example/@someone/galaxy.json.gz';
  expect((await load({ spansh_url: url })).config.spanshUrl).toBe(url);
});
