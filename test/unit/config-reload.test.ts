import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultFile } from '../../src/config/keys.ts';
import { CONFIG_FILE_NAME, loadConfig } from '../../src/config/load.ts';
import { changedKeys, livePart } from '../../src/config/reload.ts';
import { tempDir } from '../support/temp-dir.ts';

test('says which keys have changed, and which of them take a restart', () => {
  const before = { ...defaultFile(), whitelist: [{ software: 'A' }], mine: 1 };
  const after = {
    ...before,
    purge_every_x_hour: 1,
    whitelist: [{ software: 'B' }],
    export_path: './elsewhere',
    log_file: 'x.log',
    mine: 2,
  };
  expect(changedKeys(before, after)).toEqual({
    live: ['purge_every_x_hour', 'whitelist'],
    needRestart: ['export_path', 'log_file'],
  });
});

test('a key that is written with its default has not changed', () => {
  expect(changedKeys({}, { ...defaultFile(), log_keep_days: 30 })).toEqual({ live: [], needRestart: [] });
});

test('what the program itself has written is no change', () => {
  expect(changedKeys({}, { last_purge: 1, last_update: 2, last_db_maint: 3 })).toEqual({
    live: [],
    needRestart: [],
  });
});

test('the live part has the values of live keys, and the rules made of them', async () => {
  const cwd = tempDir();
  const written = { ...defaultFile(), purge_every_x_hour: 2, max_clock_skew_s: 7, export_path: './x' };
  writeFileSync(join(cwd, CONFIG_FILE_NAME), JSON.stringify(written));
  const part = livePart((await loadConfig({ cwd, env: {} })).config);
  expect(part).toMatchObject({ purgeEveryMs: 7_200_000, rules: { maxClockSkewS: 7 } });
  expect(part).not.toHaveProperty('exportPath');
  expect(part).not.toHaveProperty('lastPurgeS');
});
