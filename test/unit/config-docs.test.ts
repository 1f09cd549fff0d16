import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { CONFIG_SCHEMA, configSchema } from '../../docs/config-schema.ts';
import { CONFIGURATION_PAGE, withTables } from '../../docs/configuration-tables.ts';
import { VARIABLES } from '../../src/config/environment.ts';
import { defaultFile, KEYS } from '../../src/config/keys.ts';
import type { Table } from '../../src/config/table.ts';

const page = readFileSync(CONFIGURATION_PAGE, 'utf8');

test.each([
  ...Object.keys(KEYS),
  ...Object.keys(VARIABLES),
  ...['TD_LISTENER_CONFIG', 'TD_DB_CONFIG', 'TD_DATA', 'TD_TMP', 'TD_CSV'],
])('docs/configuration.md explains %s', (name) => {
  expect(page).toContain(`| \`${name}\` | `);
});

test('its tables tell the defaults and ranges the program uses (node docs/configuration-tables.ts)', () => {
  expect(page).toBe(withTables(page));
});

/** What can be turned on or off. */
const CAPABILITIES = [
  ...[
    'api',
    'learn',
    'own_tables',
    'change_log_days',
    'subscriptions',
    'history_days',
    'deltas',
    'relay_bind',
  ],
  ...['tours', 'journal_dirs', 'remote_journals', 'broker_url', 'cluster_url'],
];

test('docs/operations.md tells what every capability costs, and whether it is on', () => {
  const costs = readFileSync('docs/operations.md', 'utf8').split('## What each capability costs')[1] ?? '';
  const rows = [...costs.matchAll(/^\| `(\w+)` \| `(.+?)` \|/gm)].map(([, key, fallback]) => [key, fallback]);
  expect(rows.map(([key]) => key)).toEqual(CAPABILITIES);
  expect(rows).toEqual(CAPABILITIES.map((key) => [key, JSON.stringify((KEYS as Table)[key]?.fallback)]));
});

test('docs/config.schema.json is what the program checks (npm run docs)', () => {
  expect(readFileSync(CONFIG_SCHEMA, 'utf8')).toBe(configSchema());
});

test.each([
  [{}, true],
  [defaultFile(), true],
  [{ $schema: './config.schema.json', http_listen: null, active_hours: { spansh: ['01:00-02:00'] } }, true],
  [{ export_live_evry_x_min: 5 }, false],
  [{ export_live_every_x_min: '5' }, false],
  [{ export_live_every_x_min: 0 }, false],
  [{ whitelist: [{ software: 'EDDLite', minVersion: '2' }] }, false],
  [{ log_level: 'loud' }, false],
])('an editor with it says of %j: %s', (file, isValid) => {
  const validate = new Ajv2020().compile(JSON.parse(configSchema()) as object);
  expect(validate(file)).toBe(isValid);
});
