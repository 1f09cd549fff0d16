import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultFile } from '../../src/config/keys.ts';
import { CONFIG_FILE_NAME, loadConfig } from '../../src/config/load.ts';
import { tempDir } from '../support/temp-dir.ts';

async function load(written: Record<string, unknown>) {
  const cwd = tempDir();
  writeFileSync(join(cwd, CONFIG_FILE_NAME), JSON.stringify({ ...defaultFile(), ...written }));
  const { config, problems } = await loadConfig({ cwd, env: {} });
  return { config, messages: problems.map(({ message }) => message) };
}

describe('keys that are no settings', () => {
  test.each([
    [
      'export_live_evry_x_min',
      'export_live_evry_x_min is no setting, export_live_every_x_min is: it is ignored',
    ],
    ['HTTP_LISTEN', 'HTTP_LISTEN is no setting, http_listen is: it is ignored'],
    ['colour_of_the_ship', 'colour_of_the_ship is no setting: it is ignored'],
  ])('%s is reported', async (key, message) => {
    expect((await load({ [key]: 1 })).messages).toEqual([message]);
  });

  test('in an entry of the whitelist, too, which counts all the same', async () => {
    const whitelist = [{ software: 'EDDLite', minVersion: '2.0.0' }];
    expect((await load({ whitelist })).messages).toEqual([
      'whitelist[0].minVersion is no setting, minversion is: it is ignored',
    ]);
    expect((await load({ whitelist })).config.rules.whitelist).toEqual([{ software: 'EDDLite' }]);
  });

  test('$schema is for editors', async () => {
    expect((await load({ $schema: './config.schema.json' })).messages).toEqual([]);
  });
});
